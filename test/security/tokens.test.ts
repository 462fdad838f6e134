/** A token is good to the letter as we wrote it, or it is nothing: closes forgery and replay. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, enrolled, problem, randomSecret, useService } from '../support/service.ts';
import { forgeries } from './forgeries.ts';
import { claims, type Good, respell, signature, take } from './token-forgery.ts';

const own = randomSecret('current-1');
const previous = randomSecret('previous');
const rotatedOut = randomSecret('rotated-out');

const service = useService({ secrets: [own, previous] });
let challenge: Good;
let result: Good;
beforeAll(async () => {
  challenge = take('challenge', (await signedIn()).token, { own, rotatedOut });
  result = take('result', await approved(), { own, rotatedOut });
});

async function signedIn() {
  const user = await enrolled(service);
  const screen = await user.signIn();
  return { ...screen, user };
}

async function approved(): Promise<string> {
  const { enter, user } = await signedIn();
  return (await enter(user.heard())).body.result.token;
}

const look = (bearer: string) => service.call('GET', '/v1/challenge', { bearer });
const redeem = (token: string) =>
  service.call('POST', '/v1/results/redeem', { bearer: service.keys.panel, body: { token } });

/** Everything a caller sees of an answer, except what is unique to it. */
function seen({ status, headers, body }: Answer): object {
  const { 'x-request-id': id, date, ...others } = headers;
  expect(body.instance).toBe(id);
  return { status, headers: others, body: { ...body, instance: null } };
}

describe('a forged challenge token is refused as anything else that is none', () => {
  test.each(forgeries)('%s', async (_name, forge) => {
    const refused = seen(await look('x.y.z'));
    expect(refused).toMatchObject(problem(401, 'unauthenticated'));
    expect(seen(await look(forge(challenge)))).toEqual(refused);
  });

  test('while the good one opens its challenge all along', async () => {
    expect((await look(challenge.token)).body.id).toBe(challenge.claims['cid']);
  });
});

describe('a forged result is refused as anything else that is none', () => {
  test.each(forgeries)('%s', async (_name, forge) => {
    const refused = seen(await redeem('x.y.z'));
    expect(refused).toMatchObject(problem(422, 'result-invalid'));
    expect(seen(await redeem(forge(result)))).toEqual(refused);
  });

  test.each(['jti', 'app', 'amr', 'auth_time'])('%s missing, or of another kind', async (claim) => {
    const refused = seen(await redeem('x.y.z'));
    for (const value of [undefined, null, '', [1], { 0: 'pwd' }, -1])
      expect(seen(await redeem(claims({ [claim]: value })(result)))).toEqual(refused);
  });

  test('and used up by none of them: the good one is redeemed after all', async () => {
    expect((await redeem(result.token)).status).toBe(200);
  });
});

describe('a token past its time', () => {
  test.each([1, -1, 0])('is over, as its challenge is: exp %s', async (exp) => {
    const answer = await look(claims({ exp })(challenge));
    expect(answer).toMatchObject(problem(401, 'challenge-expired'));
    expect(answer.body.challenge).toBeUndefined();
    expect(await redeem(claims({ exp })(result))).toMatchObject(problem(422, 'result-invalid'));
  });

  test('with another signature is never valid, for any exp', async () => {
    const past = take('challenge', claims({ exp: 1 })(challenge), { own, rotatedOut });
    const answer = await look(signature((text) => text.slice(1))(past));
    expect(answer).toMatchObject(problem(401, 'unauthenticated'));
  });

  test('by a clock that is off by a minute is for the store to judge, which knows better', async () => {
    const exp = Math.floor(Date.now() / 1000) - 60;
    expect((await look(claims({ exp })(challenge))).status).toBe(200);
  });
});

describe('a token signed by us that names something else', () => {
  test.each(['sub', 'org', 'cid'])('than its challenge opens none: %s', async (claim) => {
    const answer = await look(claims({ [claim]: 'another' })(challenge));
    expect(answer).toMatchObject(problem(401, 'challenge-expired'));
    expect(answer.body.challenge).toBeUndefined();
  });

  test.each(['sub', 'org', 'cid', 'aud', 'jti'])('than its approval is none: %s', async (claim) => {
    const fresh = take('result', await approved(), { own, rotatedOut });
    expect(await redeem(claims({ [claim]: 'another' })(fresh))).toMatchObject(
      problem(422, 'result-invalid'),
    );
    expect((await redeem(fresh.token)).status).toBe(200);
  });

  test('a later end than its challenge has does not live longer, since the store decides', async () => {
    const { token } = await signedIn();
    const good = take('challenge', token, { own, rotatedOut });
    const later = claims({ exp: Number(good.claims['exp']) + 86_400 })(good);
    await service.advance(11 * 60_000);
    expect(await look(later)).toMatchObject(problem(401, 'challenge-expired'));
  });
});

describe('a result is used once by its id, in any spelling', () => {
  test('a second token with the id of a redeemed one is redeemed too', async () => {
    const good = take('result', await approved(), { own, rotatedOut });
    const { iat, exp } = good.claims as { iat: number; exp: number };
    const second = claims({ iat: iat - 1, exp: exp + 1, auth_time: iat - 1 })(good);
    expect((await redeem(second)).status).toBe(200);
    const again = problem(409, 'result-already-redeemed');
    expect(await redeem(good.token)).toMatchObject(again);
    expect(await redeem(second)).toMatchObject(again);
  });

  test('another spelling of a redeemed one is no second one', async () => {
    const token = await approved();
    expect((await redeem(token)).status).toBe(200);
    const respelled = signature(respell)(take('result', token, { own, rotatedOut }));
    expect((await redeem(respelled)).status).toBe(422);
  });

  test('one signed with the previous key counts until that key goes', async () => {
    const good = take('result', await approved(), { own: previous, rotatedOut });
    const older = { ...good, header: { ...good.header, kid: previous.kid } };
    expect((await redeem(claims({})(older))).status).toBe(200);
  });
});
