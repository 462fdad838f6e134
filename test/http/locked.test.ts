/** Twenty wrong guesses at eight digits in 24 hours: locked, what that means, and how it ends. */
import { describe, expect, test } from '@jest/globals';
import {
  accountOf,
  guessWrong,
  letDaysPass,
  untilCareful,
  untilLocked,
} from '../support/guessing.ts';
import { type Answer, enrolled, problem, somebody, useService, wrong } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';
import { useEach } from '../support/use.ts';

const service = useService();

const user = useEach(() => enrolled(service));

const asAdmin = () =>
  atSettings(service, { userId: user.userId, actor: 'boss', bearer: service.keys.panel });

/** When the user may come back, by the service’s own account. */
const lockedUntil = async () => (await asAdmin().read()).body.lockedUntil as string | null;

/** That its `Retry-After` leads to the very second after the lock, asked between the two moments. */
function expectWait({ headers }: Answer, until: string, asked: { from: number; to: number }): void {
  const waitMs = Number(headers['retry-after']) * 1000;
  expect(waitMs).toBeGreaterThanOrEqual(Date.parse(until) - asked.to);
  expect(waitMs).toBeLessThan(Date.parse(until) - asked.from + 1000);
}

describe('the twentieth wrong guess at eight digits', () => {
  test('is the one that locks, until the first of them is 24 hours old', async () => {
    await untilCareful(user);
    const from = Date.now();
    await guessWrong(user, 19);
    const to = Date.now();
    const screen = await user.signIn();
    expect(screen.challenge.status).toBe('verify');
    const asked = { from: Date.now(), to: 0 };
    const last = await screen.enter(wrong(user.heard()));
    asked.to = Date.now();
    const until = (await lockedUntil()) ?? '';
    const challenge = { status: 'locked', retryAt: until, code: null };
    expect(last).toMatchObject(problem(429, 'locked', { challenge }));
    expectWait(last, until, asked);
    const day = 24 * 3_600_000;
    expect(Date.parse(until) - day).toBeGreaterThanOrEqual(from - 1);
    // A look may follow its charge by as long as a code lives: two minutes more than the day.
    expect(Date.parse(until) - day).toBeLessThanOrEqual(to + 120_001);
    expect(await accountOf(service, user)).toEqual({ short: 9, long: 20 });
  });

  test('locks although those at four digits do not count, nor the ones that were forgiven', async () => {
    await untilCareful(user);
    await guessWrong(user, 16);
    const screen = await user.signIn();
    for (let i = 0; i < 3; i += 1) await screen.enter(wrong(user.heard()));
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    expect(await guessWrong(user, 3)).toMatchObject(problem(422, 'code-incorrect'));
    expect(await guessWrong(user, 1)).toMatchObject(problem(429, 'locked'));
  });

  test('counts within 24 hours: older ones lock nobody', async () => {
    await untilCareful(user);
    await guessWrong(user, 19);
    await letDaysPass(service, 1);
    expect(await guessWrong(user, 1)).toMatchObject(problem(422, 'code-incorrect'));
    expect(await lockedUntil()).toBeNull();
  });
});

describe('while locked', () => {
  test('a challenge that was open looks at nothing, sends nothing, and can be cancelled', async () => {
    await untilCareful(user);
    const open = await user.signIn();
    const code = user.heard();
    await guessWrong(user, 20);
    const calls = service.twilio.requests.length;
    const retryAt = (await lockedUntil()) ?? '';
    expect((await open.look()).body).toMatchObject({ status: 'locked', retryAt, code: null });
    for (const act of [
      () => open.enter(code),
      () => open.send(),
      () => open.addPhone(user.phone),
    ]) {
      const asked = { from: Date.now(), to: 0 };
      const answer = await act();
      asked.to = Date.now();
      expect(answer).toMatchObject(problem(429, 'locked', { challenge: { retryAt } }));
      expectWait(answer, retryAt, asked);
    }
    expect((await open.skip()).status).toBe(429);
    expect(service.twilio.requests).toHaveLength(calls);
    expect((await open.cancel()).status).toBe(204);
    expect((await open.look()).body.status).toBe('cancelled');
  });

  test('a new challenge is locked from the start and calls nobody', async () => {
    await untilLocked(user);
    const calls = service.twilio.requests.length;
    for (const body of [{}, { purpose: 'step-up' }, { app: { name: 'vamos', version: '1.3.0' } }]) {
      const { challenge } = await user.signIn(body);
      const retryAt = await lockedUntil();
      expect(challenge).toMatchObject({ status: 'locked', retryAt, code: null, result: null });
    }
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test('an enrolment that may be skipped may be skipped, and calls nobody', async () => {
    await service.organization({ policy: 'optional' }, 'relaxed');
    const login = { organizationId: 'relaxed' };
    const person = await enrolled(service, login);
    await untilLocked(person);
    const at = { userId: person.userId, organizationId: 'relaxed', bearer: service.keys.panel };
    await atSettings(service, { ...at, actor: 'boss' }).reset();
    const calls = service.twilio.requests.length;
    const screen = await person.signIn();
    const enrolment = { step: 'primary', skippable: true };
    expect(screen.challenge).toMatchObject({ status: 'enrol', enrolment, code: null });
    const { phone } = somebody(service);
    expect(await screen.addPhone(phone)).toMatchObject(problem(429, 'locked'));
    expect(await atSettings(service, at).add(phone)).toMatchObject(problem(429, 'locked'));
    expect(service.twilio.requests).toHaveLength(calls);
    expect((await screen.skip()).body).toMatchObject({
      status: 'approved',
      result: { amr: ['pwd'] },
    });
  });

  test('an enrolment under way may be skipped too: its code is worthless', async () => {
    await service.organization({ policy: 'optional' }, 'relaxed');
    const person = somebody(service, { organizationId: 'relaxed' });
    const waiting = await person.signIn();
    await waiting.addPhone(person.phone);
    for (let answer = ''; answer !== '/problems/locked'; ) {
      const guessing = await person.signIn();
      await guessing.addPhone(person.phone);
      const guess = wrong(person.heard());
      for (let i = 0; i < 5; i += 1) answer = (await guessing.enter(guess)).body.type;
    }
    expect((await waiting.look()).body).toMatchObject({ status: 'enrol', code: null });
    expect(await waiting.enter(person.heard())).toMatchObject(problem(429, 'locked'));
    expect((await waiting.skip()).body.status).toBe('approved');
  });

  test('other users are not locked: colleagues sign in as usual', async () => {
    await untilLocked(user);
    const colleague = await enrolled(service);
    const screen = await colleague.signIn();
    expect(screen.challenge.code).toMatchObject({ length: 4 });
    expect((await screen.enter(colleague.heard())).body.status).toBe('approved');
  });
});

describe('a lock ends', () => {
  test('by an administrator, who clears the whole account: four digits again', async () => {
    await untilLocked(user);
    const waiting = await user.signIn();
    expect((await asAdmin().unlock()).status).toBe(204);
    expect(await lockedUntil()).toBeNull();
    expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
    expect((await waiting.look()).body).toMatchObject({ status: 'verify', code: null });
    expect((await waiting.send()).body.code).toMatchObject({ length: 4 });
    expect((await waiting.enter(user.heard())).body.status).toBe('approved');
    await guessWrong(user, 8);
    expect((await user.signIn()).challenge.code).toMatchObject({ length: 4 });
  });

  test('by itself after 24 hours, with eight digits and twenty looks again', async () => {
    await untilLocked(user);
    await letDaysPass(service, 1);
    expect(await lockedUntil()).toBeNull();
    const { items } = (await asAdmin().all()).body;
    expect(items.find((item: Answer['body']) => item.userId === user.userId)).toMatchObject({
      lockedUntil: null,
    });
    const screen = await user.signIn();
    expect(screen.challenge).toMatchObject({ status: 'verify', code: { length: 8 } });
    expect(screen.challenge).not.toHaveProperty('retryAt');
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    expect(await guessWrong(user, 19)).toMatchObject(problem(422, 'code-incorrect'));
    expect(await guessWrong(user, 1)).toMatchObject(problem(429, 'locked'));
  });
});
