/** A result is checked offline against the keys of the service, and never counts for another login. */
import { equal, rejects } from 'node:assert/strict';
import { before, type TestContext, test } from 'node:test';
import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';
import { Doublecheck, ResultMismatchError } from '../src/index.ts';
import { json, startStandIn } from './stand-in.ts';

const expected = { organizationId: 'acme', userId: '42', challengeId: 'c-1' };
const claims = { org: 'acme', cid: 'c-1', purpose: 'login', app: 'panel', amr: ['pwd'] };

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let jwk: JWK;
before(async () => {
  keys = await generateKeyPair('EdDSA');
  jwk = { ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' };
});

async function against(t: TestContext, apiKey = 'dck_key') {
  const standIn = await startStandIn([json(200, { keys: [jwk] })]);
  t.after(() => standIn.close());
  const { url } = standIn;
  const doublecheck = new Doublecheck({ url, apiKey });
  const verify = (token: string, of = expected) =>
    doublecheck.results.verify(token, of, { issuer: 'https://2fa.example', client: 'panel' });
  return { verify, received: standIn.received };
}

type Changes = {
  iss?: string;
  aud?: string;
  typ?: string;
  exp?: string;
  kid?: string;
  more?: object;
};

const sign = ({ iss, aud, typ, exp, kid, more }: Changes = {}, key = keys.privateKey) =>
  new SignJWT({ ...claims, auth_time: 0, ...more })
    .setProtectedHeader({ alg: 'EdDSA', typ: typ ?? 'result+jwt', kid: kid ?? 'k1' })
    .setIssuer(iss ?? 'https://2fa.example')
    .setAudience(aud ?? 'panel')
    .setSubject('42')
    .setJti('j-1')
    .setIssuedAt()
    .setExpirationTime(exp ?? '1 minute')
    .sign(key);

test('a result of the expected login is good, and its keys are asked for once', async (t) => {
  const { verify, received } = await against(t);
  for (let i = 0; i < 3; i += 1) equal((await verify(await sign())).cid, 'c-1');
  equal(received.length, 1);
});

const wrong: [string, Changes][] = [
  ['of test mode', { iss: 'https://2fa.example/test' }],
  ['of another issuer', { iss: 'https://other.example' }],
  ['for another client', { aud: 'other' }],
  ['that is a challenge token', { typ: 'challenge+jwt' }],
  ['that has expired', { exp: '-1 minute' }],
  ['under a key that is not published', { kid: 'k2' }],
];

for (const [what, changes] of wrong)
  test(`a token ${what} is refused`, async (t) => {
    const { verify } = await against(t);
    await rejects(verify(await sign(changes)));
  });

test('a token that another key signed is refused', async (t) => {
  const { verify } = await against(t);
  await rejects(verify(await sign({}, (await generateKeyPair('EdDSA')).privateKey)));
});

test('a result of another user, organization, challenge or purpose is refused', async (t) => {
  const { verify } = await against(t);
  for (const other of [{ userId: '43' }, { organizationId: 'b' }, { challengeId: 'c-2' }])
    await rejects(verify(await sign(), { ...expected, ...other }), ResultMismatchError);
  await rejects(verify(await sign({ more: { purpose: 'step-up' } })), ResultMismatchError);
});

test('with a test key, the keys and the issuer are those of test mode', async (t) => {
  const { verify, received } = await against(t, 'dct_key');
  equal((await verify(await sign({ iss: 'https://2fa.example/test' }))).sub, '42');
  equal(received[0]?.url, '/test/.well-known/jwks.json');
  await rejects(verify(await sign()));
});
