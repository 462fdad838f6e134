/**
 * A store that loses a reply, a replica that dies, a failover that forgets the last writes: a right code
 * stays right, and no code and no result is good twice.
 */
import { describe, expect, test } from '@jest/globals';
import { redisChallengeStore } from '../../src/adapters/redis/challenge-store.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import { bindingOf } from '../../src/domain/challenge/code-in-play.ts';
import { codeVault } from '../../src/domain/secrets/code-vault.ts';
import {
  enrolled,
  problem,
  randomSecret,
  signIn,
  somebody,
  useService,
  wrong,
} from '../support/service.ts';
import { useEach } from '../support/use.ts';

const secrets = [randomSecret('k1')] as const;

const service = useService({ replicas: 3, secrets });
const user = useEach(() => enrolled(service));
const screen = useEach(() => user.signIn());

/** What a replica does that dies, or loses the reply, between looking at a right code and the rest. */
async function guessAndDie(at = screen, userId = user.userId, code = user.heard()): Promise<void> {
  const store = redisChallengeStore(service.redis, sealing(secrets));
  const ref = { organizationId: 'acme', userId, id: at.challenge.id };
  const { challenge } = (await store.read(ref)) ?? {};
  const inPlay = challenge?.code;
  if (!inPlay || !code) throw new Error('no code is in play');
  const mac = codeVault(secrets).mac(code, bindingOf(ref.id, inPlay))?.mac ?? '';
  const look = await store.look(challenge, { codeId: inPlay.id, mac, attemptId: 'the dead' });
  if (look?.outcome !== 'right') throw new Error(`it was ${look?.outcome}`);
}

/** All that Redis knows, to be put back as a failover would that missed what came after. */
async function remember(): Promise<() => Promise<void>> {
  const keys = await service.redis.keys('dc:*');
  const dumps = await Promise.all(
    keys.map(async (key) => [key, await service.redis.dumpBuffer(key)] as const),
  );
  return async () => {
    for (const [key, dump] of dumps)
      if (dump) await service.redis.restore(key, 600_000, dump, 'REPLACE');
  };
}

describe('a right code whose answer was lost', () => {
  test.each([
    ['right', (code: string | null) => code],
    ['wrong', wrong],
  ])('is reserved for a second, in which none is judged: not a %s one', async (_, entered) => {
    await guessAndDie();
    const answer = await screen.enter(entered(user.heard()));
    expect(answer).toMatchObject(problem(409, 'request-in-progress'));
    expect(answer.headers['retry-after']).toBe('1');
  });

  test('is right when it is entered again, on any replica', async () => {
    await guessAndDie();
    await service.advance(1_000);
    const answer = await screen.enter(user.heard(), { replica: 2 });
    expect(answer.body).toMatchObject({ status: 'approved' });
  });

  test('lets one in, when a hundred enter it again at once', async () => {
    await guessAndDie();
    await service.advance(1_000);
    const many = Array.from({ length: 100 }, (_, i) =>
      screen.enter(user.heard(), { replica: i % 3 }),
    );
    const statuses = (await Promise.all(many)).map(({ status }) => status);
    // On a busy machine none may have had its turn: then the next one does.
    if (!statuses.includes(200)) statuses.push((await screen.enter(user.heard())).status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    // 429: charges under way fill the account for a moment; 503: one waited too long for its turn.
    const others = statuses.filter((status) => ![200, 409, 429, 503].includes(status));
    expect(others).toEqual([]);
  });

  test('gives no guess more than there were', async () => {
    await guessAndDie();
    await service.advance(1_000);
    const looks = [];
    for (let i = 0; i < 7; i += 1) looks.push((await screen.enter(wrong(user.heard()))).body.type);
    const five = Array.from({ length: 4 }, () => '/problems/code-incorrect');
    const exhausted = Array.from({ length: 3 }, () => '/problems/attempts-exhausted');
    expect(looks).toEqual([...five, ...exhausted]);
  });

  test('proves a new factor when it is entered again, also when the factor is stored already', async () => {
    const newcomer = somebody(service);
    const enrolling = await newcomer.signIn();
    await enrolling.addPhone(newcomer.phone);
    await guessAndDie(enrolling, newcomer.userId, newcomer.heard());
    const [factor] = (await enrolling.look()).body.factors;
    expect(factor).toBeUndefined();
    await service.advance(1_000);
    const { body } = await enrolling.enter(newcomer.heard());
    expect(body).toMatchObject({ status: 'enrol', enrolment: { step: 'backup' } });
    expect(body.factors).toHaveLength(1);
  });
});

describe('a store that forgets', () => {
  test('that a code was used lets nobody in with it again', async () => {
    const forget = await remember();
    const code = user.heard();
    expect((await screen.enter(code)).body.status).toBe('approved');
    await forget();
    for (let i = 0; i < 3; i += 1) {
      expect(await screen.enter(code, { replica: i })).toMatchObject(problem(409, 'code-not-sent'));
      await service.advance(1_000);
    }
    expect((await screen.send()).status).toBe(202);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('that a code was used on the way to a backup proves nothing again', async () => {
    const newcomer = somebody(service);
    const enrolling = await newcomer.signIn();
    await enrolling.addPhone(newcomer.phone);
    const forget = await remember();
    const code = newcomer.heard();
    expect((await enrolling.enter(code)).body.status).toBe('enrol');
    await forget();
    expect(await enrolling.enter(code)).toMatchObject(problem(409, 'code-not-sent'));
  });

  test('that a result was redeemed redeems it no second time', async () => {
    const { body } = await screen.enter(user.heard());
    const forget = await remember();
    const redeem = () =>
      service.call('POST', '/v1/results/redeem', {
        bearer: service.keys.panel,
        body: { token: body.result.token },
      });
    expect((await redeem()).status).toBe(200);
    await forget();
    expect(await redeem()).toMatchObject(problem(409, 'result-already-redeemed'));
  });

  test('wrong guesses keeps the account of them', async () => {
    const forget = await remember();
    for (let i = 0; i < 5; i += 1) await screen.enter(wrong(user.heard()));
    await forget();
    const other = await signIn(service, { userId: user.userId });
    for (let i = 0; i < 4; i += 1) await other.enter(wrong(user.heard()));
    await service.advance(30_000);
    await other.send();
    expect((await other.look()).body.code.length).toBe(8);
  });
});
