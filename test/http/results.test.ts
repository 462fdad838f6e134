/** One signed statement for each approval: true to exactly one client, exactly once. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import {
  type Answer,
  enrolled,
  issuer,
  problem,
  randomSecret,
  somebody,
  startService,
  useService,
} from '../support/service.ts';

const secrets = [randomSecret('new'), randomSecret('old')] as const;

const service = useService({ secrets, replicas: 2 });
beforeAll(async () => {
  await service.organization({ policy: 'off' }, 'off');
});

const redeem = (token: unknown, bearer = service.keys.panel, replica = 0): Promise<Answer> =>
  service.call('POST', '/v1/results/redeem', { bearer, body: { token }, replica });

const partsOf = (token: string) =>
  token.split('.').map((part, i) => {
    const bytes = Buffer.from(part, 'base64url');
    return i < 2 ? JSON.parse(bytes.toString()) : bytes;
  });

async function withPassword(): Promise<string> {
  const { challenge } = await somebody(service, { organizationId: 'off' }).signIn();
  return challenge.result?.token ?? '';
}

async function withCode() {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const { body } = await screen.enter(user.heard());
  return { user, screen, challenge: body, token: body.result.token as string };
}

describe('a result', () => {
  test('says who was let in to what, by which client, when and how: all that and no more', async () => {
    const { user, challenge, token } = await withCode();
    const redeemed = await redeem(token);
    expect(redeemed.status).toBe(200);
    const { jti, iat, exp, auth_time, ...claims } = redeemed.body;
    expect(claims).toEqual({
      iss: issuer,
      aud: 'company-panel',
      sub: user.userId,
      org: 'acme',
      cid: challenge.id,
      purpose: 'login',
      app: 'company-panel',
      amr: ['pwd', 'mfa', 'otp', 'tel'],
      knownDevice: null,
    });
    expect(jti).toEqual(expect.any(String));
    expect(exp).toBe(iat + 60);
    expect(auth_time).toBe(iat);
    expect(Math.abs(Date.now() / 1000 - iat)).toBeLessThan(60);
    expect(new Date(challenge.result.expiresAt).getTime() / 1000 - exp).toBeLessThan(1);
  });

  test('says so when a password was all that was asked', async () => {
    expect((await redeem(await withPassword())).body.amr).toEqual(['pwd']);
  });

  test('is redeemed once, on any replica', async () => {
    const { screen, token } = await withCode();
    expect((await redeem(token)).status).toBe(200);
    const again = problem(409, 'result-already-redeemed');
    expect(await redeem(token, service.keys.panel, 1)).toMatchObject(again);
    expect((await screen.look()).body).toMatchObject({ status: 'approved', result: null });
  });

  test('is redeemed once by fifty at the same time', async () => {
    const { token } = await withCode();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => redeem(token, service.keys.panel, i % 2)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const others = answers.filter(({ status }) => status !== 200);
    for (const answer of others) {
      expect(answer).toMatchObject(problem(409, 'result-already-redeemed'));
    }
  });

  test('is only for its own client, which can still redeem it', async () => {
    const { token } = await withCode();
    expect(await redeem(token, service.keys.qaller)).toMatchObject(problem(422, 'result-invalid'));
    expect((await redeem(token)).status).toBe(200);
  });

  test('is over after 60 seconds, and the screen no longer shows it', async () => {
    const { screen, token } = await withCode();
    await service.advance(60_000);
    expect(await redeem(token)).toMatchObject(problem(422, 'result-invalid'));
    expect((await screen.look()).body).toMatchObject({ status: 'approved', result: null });
  });

  test('is good within its 60 seconds', async () => {
    const { token } = await withCode();
    await service.advance(50_000);
    expect((await redeem(token)).status).toBe(200);
  });
});

describe('a result that was tampered with', () => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

  test.each(['sub', 'aud', 'org', 'cid', 'jti', 'amr'])('in its %s is invalid', async (claim) => {
    const { token } = await withCode();
    const [header, claims] = partsOf(token);
    const forged = encode({ ...claims, [claim]: claim === 'amr' ? ['pwd', 'mfa'] : 'other' });
    const [, , signature] = token.split('.');
    const answer = await redeem(`${encode(header)}.${forged}.${signature}`);
    expect(answer).toMatchObject(problem(422, 'result-invalid'));
    expect((await redeem(token)).status).toBe(200);
  });

  test.each([
    { alg: 'none' },
    { alg: 'HS256' },
    { kid: 'unknown' },
    { kid: '__proto__' },
    { kid: ['new'] },
    { typ: 'challenge+jwt' },
  ])('in its header is invalid: %o', async (change) => {
    const token = await withPassword();
    const [header] = partsOf(token);
    const [, claims, signature] = token.split('.');
    const forged = encode({ ...header, ...change });
    for (const each of [`${forged}.${claims}.${signature}`, `${forged}.${claims}.`]) {
      expect(await redeem(each)).toMatchObject(problem(422, 'result-invalid'));
    }
  });

  test.each(['x', '..', 'a.b.c', 'eyJ9.e30.', '💥', 'bnVsbA.e30.x'])(
    'or never was one is invalid: %s',
    async (token) => {
      expect(await redeem(token)).toMatchObject(problem(422, 'result-invalid'));
    },
  );

  test('signed by another service is invalid', async () => {
    const other = await startService();
    const { challenge } = await somebody(other).signIn();
    const token = challenge.result?.token;
    expect(partsOf(token ?? '')[1]).toMatchObject({ iss: issuer });
    expect(await redeem(token)).toMatchObject(problem(422, 'result-invalid'));
    await other.close();
  });
});

describe('the published keys', () => {
  test('verify a result without any code of ours, and hold nothing private', async () => {
    const token = await withPassword();
    const { body } = await service.call('GET', '/.well-known/jwks.json');
    const keys: (JsonWebKey & { kid: string })[] = body.keys;
    const [header, , signature] = partsOf(token);
    expect(header).toEqual({ alg: 'EdDSA', typ: 'result+jwt', kid: 'new' });
    const jwk = keys.find(({ kid }) => kid === header.kid);
    const key = createPublicKey({ key: jwk ?? {}, format: 'jwk' });
    const signed = Buffer.from(token.slice(0, token.lastIndexOf('.')));
    expect(verify(null, signed, key, signature)).toBe(true);
    expect(keys.map(({ kid }) => kid)).toEqual(['new', 'old']);
    for (const each of keys) expect(each.d).toBeUndefined();
  });

  test('outlive a rotation: what the older secret signed still counts', async () => {
    const { databaseUrl, redisUrl } = service;
    const before = await startService({ databaseUrl, redisUrl, secrets: [secrets[1]] });
    const user = await enrolled(before);
    const screen = await user.signIn();
    const after = (path: string, body: object) =>
      service.call('POST', path, { bearer: screen.token, body });
    const verified = await after('/v1/challenge/verify', { code: user.heard() });
    expect(verified.body.status).toBe('approved');
    const { challenge } = await somebody(before, { organizationId: 'off' }).signIn();
    expect(await redeem(challenge.result?.token, service.keys.panel)).toMatchObject({
      status: 200,
    });
    await before.close();
  });

  test('no longer count once their secret is gone', async () => {
    const { databaseUrl, redisUrl } = service;
    const after = await startService({ databaseUrl, redisUrl, secrets: [randomSecret('next')] });
    const token = await withPassword();
    const screen = await (await enrolled(service)).signIn();
    const body = { token };
    const path = '/v1/results/redeem';
    expect(await after.call('POST', path, { bearer: service.keys.panel, body })).toMatchObject(
      problem(422, 'result-invalid'),
    );
    const look = await after.call('GET', '/v1/challenge', { bearer: screen.token });
    expect(look).toMatchObject(problem(401, 'unauthenticated'));
    await after.close();
  });
});
