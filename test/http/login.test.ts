/** "Inloggen als 2FA is ingeschakeld": from the call to the door, and how it ends. */
import { describe, expect, test } from '@jest/globals';
import { atScreen, enrolled, problem, somebody, useService, wrong } from '../support/service.ts';

const service = useService();

/** A user who was just called, at their screen. */
async function called() {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const guessWrong = () => screen.enter(wrong(user.heard()));
  return { user, screen, guessWrong };
}

describe('a login', () => {
  test('makes the phone ring at once, and its code lets the user in', async () => {
    const { user, screen } = await called();
    const hint = `316*****${user.phone.slice(-2)}`;
    const { challenge } = screen;
    expect(challenge).toMatchObject({
      status: 'verify',
      purpose: 'login',
      policy: 'mandatory',
      language: 'nl-NL',
      factors: [{ method: 'call', role: 'primary', hint }],
      code: { method: 'call', hint, length: 4, attemptsRemaining: 5, delivery: 'accepted' },
      enrolment: null,
      result: null,
    });
    expect(challenge.code?.factorId).toBe(challenge.factors[0]?.id);
    const approved = await screen.enter(user.heard());
    expect(approved).toMatchObject({
      status: 200,
      body: { status: 'approved', code: null, result: { amr: ['pwd', 'mfa', 'otp', 'tel'] } },
    });
    expect((await screen.look()).body).toEqual({ ...approved.body, now: expect.any(String) });
  });

  test('has a code for 30 seconds, after which another may be asked, and ten minutes in all', async () => {
    const { challenge } = (await called()).screen;
    const { sentAt = '', expiresAt, resendAt } = challenge.code ?? {};
    const later = (ms: number) => new Date(Date.parse(sentAt) + ms).toISOString();
    expect({ expiresAt, resendAt }).toEqual({ expiresAt: later(30_000), resendAt: later(30_000) });
    const life = Date.parse(challenge.expiresAt) - Date.parse(sentAt);
    expect(Math.round(life / 10_000)).toBe(60);
  });

  test('that sends nothing yet waits for the screen to ask', async () => {
    const user = await enrolled(service);
    const calls = service.twilio.requests.length;
    const screen = await user.signIn({ send: false });
    expect(screen.challenge).toMatchObject({ status: 'verify', code: null });
    expect(service.twilio.requests).toHaveLength(calls);
    expect(await screen.enter('0123')).toMatchObject(
      problem(409, 'code-not-sent', { challenge: { status: 'verify', code: null } }),
    );
    expect(await screen.send()).toMatchObject({ status: 202, body: { code: { method: 'call' } } });
    expect(service.twilio.requests).toHaveLength(calls + 1);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('can be looked at as often as a screen likes, at no cost', async () => {
    const { screen } = await called();
    const { challengeToken, ...drawn } = screen.challenge;
    expect(challengeToken).toEqual(expect.any(String));
    const same = { ...drawn, now: expect.any(String) };
    for (let i = 0; i < 20; i += 1) expect((await screen.look()).body).toEqual(same);
  });

  test('shows no more of a number than its hint', async () => {
    const { user, screen, guessWrong } = await called();
    const answers = [screen.challenge, await screen.look(), await guessWrong()];
    answers.push(await screen.enter(user.heard()), await screen.look());
    expect(JSON.stringify(answers)).not.toContain(user.phone.slice(4, -2));
  });
});

describe('a challenge', () => {
  test('is over after ten minutes, however far it came', async () => {
    const { user, screen } = await called();
    await service.advance(10 * 60_000);
    const over = problem(401, 'challenge-expired');
    for (const answer of [await screen.look(), await screen.send(), await screen.enter('0123')]) {
      expect(answer).toMatchObject(over);
      expect(answer.body.challenge).toBeUndefined();
    }
    expect((await user.signIn()).challenge.status).toBe('verify');
  });

  test('ends when the user logs out, and its code with it', async () => {
    const { user, screen } = await called();
    expect(await screen.cancel()).toMatchObject({ status: 204, body: '' });
    const challenge = { status: 'cancelled', code: null, result: null };
    expect((await screen.look()).body).toMatchObject(challenge);
    const finished = problem(409, 'challenge-finished', { challenge });
    expect(await screen.enter(user.heard())).toMatchObject(finished);
    expect(await screen.send()).toMatchObject(finished);
    expect(await screen.skip()).toMatchObject(finished);
    expect(await screen.addPhone(user.phone)).toMatchObject(finished);
    expect((await screen.cancel()).status).toBe(204);
  });

  test('that logs out leaves the next login as it was', async () => {
    const { user, screen } = await called();
    await screen.cancel();
    expect((await user.signIn()).challenge.status).toBe('verify');
  });

  test('is not undone once it is approved', async () => {
    const { user, screen } = await called();
    await screen.enter(user.heard());
    expect(await screen.cancel()).toMatchObject(problem(409, 'challenge-finished'));
    expect((await screen.look()).body.status).toBe('approved');
  });

  test('of one user is never another user’s, for any names', async () => {
    const user = await enrolled(service);
    await service.organization({ policy: 'mandatory' }, 'elsewhere');
    const namesake = atScreen(
      service,
      await service.start({ organizationId: 'elsewhere', userId: user.userId }),
    );
    expect(namesake.challenge).toMatchObject({ status: 'enrol', factors: [] });
    expect((await somebody(service).signIn()).challenge.factors).toEqual([]);
  });
});
