/**
 * The attack: someone who knows the password guesses at four digits, a few at a time, for ever: over
 * new logins, resends, methods, apps and a lost Redis. Wrong guesses stay on the account of
 * the user. Four digits must withstand only nine wrong guesses in a year.
 */
import { describe, expect, test } from '@jest/globals';
import type { ChallengeBody } from '../../src/http/schemas/challenge-schema.ts';
import { digitsSaid } from '../support/fakes/twilio.ts';
import { accountOf, guessWrong, letDaysPass, query, untilCareful } from '../support/guessing.ts';
import { atScreen, enrolled, problem, somebody, useService, wrong } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';

const service = useService();

let devices = 0;

/** Someone with a phone, and with the app as backup. */
async function withPhoneAndApp() {
  const user = await enrolled(service);
  devices += 1;
  const device = { id: `d-${devices}`, platform: 'android', pushToken: `careful-${devices}` };
  const qaller = { app: { name: 'qaller', version: '3.2.0' }, device };
  const first = await user.signIn(qaller);
  await first.enter(user.heard());
  const visit = { userId: user.userId, challengeId: first.challenge.id };
  const added = atScreen(service, await atSettings(service, visit).addPush());
  const pushed = () => service.google.codeFor(device.pushToken);
  await added.enter(pushed());
  return { ...user, qaller, pushed };
}

const lengthOf = ({ challenge }: { challenge: ChallengeBody }) => challenge.code?.length;

describe('nine wrong guesses that no approval took off', () => {
  test('over logins, apps and methods give codes of eight digits, in the call and in the push', async () => {
    const user = await withPhoneAndApp();
    await guessWrong(user, 3);
    await guessWrong(user, 2, { app: { name: 'vamos', version: '1.3.0' } });
    const onApp = await user.signIn(user.qaller);
    const push = onApp.challenge.factors.find(({ method }) => method === 'push')?.id;
    await onApp.send({ factorId: push });
    for (let i = 0; i < 3; i += 1) await onApp.enter(wrong(user.pushed()));
    expect(lengthOf(await user.signIn())).toBe(4);

    await guessWrong(user, 1);
    const careful = await user.signIn();
    expect(careful.challenge.code).toMatchObject({ length: 8, attemptsRemaining: 5 });
    const said = digitsSaid(service.twilio.requests.at(-1)?.body['Twiml'] ?? '');
    expect(said).toEqual({ first: expect.stringMatching(/^\d{8}$/), again: said.first });
    const { body } = await careful.send({ factorId: push });
    expect(body.code).toMatchObject({ method: 'push', length: 8 });
    expect(user.pushed()).toMatch(/^\d{8}$/);
    expect((await careful.enter(user.pushed())).body.status).toBe('approved');
  });

  test('make the live four digits of every other challenge worthless at once', async () => {
    const user = await enrolled(service);
    const other = await user.signIn();
    const code = user.heard();
    const last = await untilCareful(user);
    expect(last).toMatchObject(problem(429, 'attempts-exhausted', { attemptsRemaining: 0 }));
    expect(last?.headers['retry-after']).toBe('0');
    expect((await other.look()).body).toMatchObject({ status: 'verify', code: null });
    expect(await other.enter(code)).toMatchObject(problem(429, 'attempts-exhausted'));
    const { body } = await other.send();
    expect(body.code).toMatchObject({ length: 8 });
    expect((await other.enter(user.heard())).body.status).toBe('approved');
  });

  test('are not undone by an approval: only those of the approved challenge are taken off', async () => {
    const user = await enrolled(service);
    await guessWrong(user, 6);
    const screen = await user.signIn();
    for (let i = 0; i < 2; i += 1) await screen.enter(wrong(user.heard()));
    expect(await accountOf(service, user)).toEqual({ short: 8, long: 0 });
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    expect(await accountOf(service, user)).toEqual({ short: 6, long: 0 });
    await guessWrong(user, 2);
    expect(lengthOf(await user.signIn())).toBe(4);
    await guessWrong(user, 1);
    expect(lengthOf(await user.signIn())).toBe(8);
  });

  test('are not undone by resends: each new code goes on from where the last one was', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    for (let code = 0; code < 4; code += 1) {
      for (let i = 0; i < 2; i += 1) await screen.enter(wrong(user.heard()));
      await service.advance(31_000);
      expect((await screen.send()).body.code.length).toBe(4);
    }
    await screen.enter(wrong(user.heard()));
    expect(await accountOf(service, user)).toEqual({ short: 9, long: 0 });
    expect(lengthOf(await user.signIn())).toBe(8);
  });

  test('stay for 365 days, and not for longer', async () => {
    const user = await enrolled(service);
    await untilCareful(user);
    await letDaysPass(service, 364);
    expect(lengthOf(await user.signIn())).toBe(8);
    await letDaysPass(service, 2);
    expect(lengthOf(await user.signIn())).toBe(4);
  });

  test('of one user do not count for another, or for a namesake elsewhere', async () => {
    await service.organization({ policy: 'mandatory' }, 'elsewhere');
    const user = await enrolled(service);
    const namesake = await user.signIn({ organizationId: 'elsewhere' });
    const { phone, heard } = somebody(service);
    await namesake.addPhone(phone);
    await namesake.enter(heard());
    await untilCareful(user);
    expect(lengthOf(await user.signIn())).toBe(8);
    expect(lengthOf(await user.signIn({ organizationId: 'elsewhere' }))).toBe(4);
    expect(lengthOf(await (await enrolled(service)).signIn())).toBe(4);
  });
});

describe('a Redis that is lost', () => {
  test('takes the live code with it, and the next one counts on from what PostgreSQL knows', async () => {
    const user = await enrolled(service);
    await guessWrong(user, 8);
    const screen = await user.signIn();
    await service.redis.flushdb();
    expect(await screen.enter(user.heard())).toMatchObject(problem(401, 'challenge-expired'));
    await guessWrong(user, 1);
    expect(lengthOf(await user.signIn())).toBe(8);
    await service.redis.flushdb();
    expect(lengthOf(await user.signIn())).toBe(8);
  });

  test('knows nothing of the account: what PostgreSQL knows decides at every look', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    const code = user.heard();
    await query(
      service,
      `INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
       SELECT 'acme', $1, 'elsewhere', 'short', now() FROM generate_series(1, 9)`,
      [user.userId],
    );
    expect(await screen.enter(code)).toMatchObject(problem(429, 'attempts-exhausted'));
    const { body } = await screen.send();
    expect(body.code.length).toBe(8);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });
});

test('a right code at the first try leaves no guess, and three entries', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  expect((await screen.enter(user.heard())).body.status).toBe('approved');
  expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
  const events = await query(service, 'SELECT type FROM events WHERE challenge_id = $1', [
    screen.challenge.id,
  ]);
  expect(events.map(({ type }) => type)).toEqual([
    'challenge.started',
    'code.sent',
    'challenge.approved',
  ]);
});
