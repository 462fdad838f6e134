/** "[Resend code]" and "Use another method": each code that is sent replaces the one before. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { enrolled, problem, useService } from '../support/service.ts';

const service = useService();
afterEach(() => service.twilio.answerWith('success'));

async function called() {
  const user = await enrolled(service);
  return { user, screen: await user.signIn() };
}

let phones = 0;

/** Someone with two phones, called on the first. */
async function withBackup() {
  const user = await enrolled(service);
  phones += 1;
  const second = `+3168${String(phones).padStart(7, '0')}`;
  await service.organization({ policy: 'mandatory', backup: 'required' });
  const first = await user.signIn();
  await first.enter(user.heard());
  await first.addPhone(second);
  const done = await first.enter(service.twilio.codeFor(second));
  await service.organization({ policy: 'mandatory' });
  expect(done.body.status).toBe('approved');
  const screen = await user.signIn();
  const [primary, backup] = screen.challenge.factors;
  if (!primary || !backup) throw new Error('two factors');
  const heardOnSecond = () => service.twilio.codeFor(second);
  return { user, screen, primary, backup, heardOnSecond };
}

describe('a resend', () => {
  test('before the code expires is too early, with the time to wait', async () => {
    const { user, screen } = await called();
    const heard = user.heard();
    const early = await screen.send();
    const challenge = { status: 'verify', code: { attemptsRemaining: 5 } };
    expect(early).toMatchObject(problem(429, 'resend-too-early', { challenge }));
    expect(Number(early.headers['retry-after'])).toBeGreaterThan(20);
    expect(Number(early.headers['retry-after'])).toBeLessThanOrEqual(30);
    await service.advance(20_000);
    expect(Number((await screen.send()).headers['retry-after'])).toBeLessThanOrEqual(10);
    expect(user.heard()).toBe(heard);
    expect((await screen.enter(heard)).body.status).toBe('approved');
  });

  test('naming the factor in play is as early as one that names none', async () => {
    const { screen } = await called();
    const { factorId } = screen.challenge.code ?? {};
    expect(await screen.send({ factorId })).toMatchObject(problem(429, 'resend-too-early'));
  });

  test('after the code is over places one more call, with 30 seconds and five attempts', async () => {
    const { user, screen } = await called();
    const calls = service.twilio.requests.length;
    await service.advance(30_000);
    const resent = await screen.send();
    const code = { factorId: screen.challenge.code?.factorId, attemptsRemaining: 5 };
    expect(resent).toMatchObject({ status: 202, body: { status: 'verify', code } });
    expect(resent.body.code.sentAt).not.toBe(screen.challenge.code?.sentAt);
    expect(resent.body.challengeToken).toBeUndefined();
    expect(service.twilio.requests).toHaveLength(calls + 1);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('makes the code before it worthless, even when it is typed at once', async () => {
    const { user, screen } = await called();
    const old = user.heard();
    await service.advance(30_000);
    await screen.send();
    if (old === user.heard()) return;
    expect(await screen.enter(old)).toMatchObject(problem(422, 'code-incorrect'));
  });

  test('stays with the factor in play', async () => {
    const { screen, backup } = await withBackup();
    await screen.send({ factorId: backup.id });
    await service.advance(30_000);
    expect((await screen.send()).body.code.factorId).toBe(backup.id);
  });
});

describe('another method', () => {
  test('may be asked for at once, and its code replaces the one in play', async () => {
    const { user, screen, primary, backup, heardOnSecond } = await withBackup();
    expect(screen.challenge).toMatchObject({ code: { factorId: primary.id } });
    expect([primary.role, backup.role]).toEqual(['primary', 'secondary']);
    const old = user.heard();
    const asked = await screen.send({ factorId: backup.id });
    const code = { factorId: backup.id, hint: backup.hint, attemptsRemaining: 5 };
    expect(asked).toMatchObject({ status: 202, body: { code } });
    if (old !== heardOnSecond())
      expect(await screen.enter(old)).toMatchObject(problem(422, 'code-incorrect'));
    expect((await screen.enter(heardOnSecond())).body.status).toBe('approved');
  });

  test('and back again is at once, too', async () => {
    const { user, screen, primary, backup } = await withBackup();
    await screen.send({ factorId: backup.id });
    expect((await screen.send({ factorId: primary.id })).status).toBe(202);
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('of another or an unknown user is not found, and no phone rings', async () => {
    const other = await called();
    const { screen } = await called();
    const calls = service.twilio.requests.length;
    for (const factorId of [other.screen.challenge.factors[0]?.id, 'none', '__proto__']) {
      expect(await screen.send({ factorId })).toMatchObject(
        problem(404, 'not-found', { challenge: { status: 'verify' } }),
      );
    }
    expect(service.twilio.requests).toHaveLength(calls);
  });
});

describe('five codes', () => {
  test('are the most, and the challenge is cancelled when the fifth is over', async () => {
    const { screen } = await called();
    for (let sent = 1; sent < 5; sent += 1) {
      await service.advance(30_000);
      expect((await screen.send()).status).toBe(202);
    }
    expect((await screen.look()).body.status).toBe('verify');
    const calls = service.twilio.requests.length;
    await service.advance(30_000);
    const challenge = { status: 'cancelled', code: null };
    expect((await screen.look()).body).toMatchObject(challenge);
    expect(await screen.send()).toMatchObject(problem(409, 'challenge-finished', { challenge }));
    expect(service.twilio.requests).toHaveLength(calls);
  });

  test('are five for all methods together, and the fifth still lets the user in', async () => {
    const { user, screen, primary, backup } = await withBackup();
    for (const { id } of [backup, primary, backup, primary]) {
      expect((await screen.send({ factorId: id })).status).toBe(202);
    }
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test('used up, a sixth by another method ends the challenge without a call', async () => {
    const { screen, primary, backup } = await withBackup();
    for (const { id } of [backup, primary, backup, primary]) await screen.send({ factorId: id });
    const calls = service.twilio.requests.length;
    const refused = problem(409, 'challenge-finished', { challenge: { status: 'cancelled' } });
    expect(await screen.send({ factorId: backup.id })).toMatchObject(refused);
    expect(service.twilio.requests).toHaveLength(calls);
  });
});

describe('a provider that fails', () => {
  test('does not stop the login: the challenge starts, reports it, and can resend at once', async () => {
    const user = await enrolled(service);
    service.twilio.answerWith(500);
    const screen = await user.signIn();
    const { code, status } = screen.challenge;
    expect({ status, code }).toMatchObject({ status: 'verify', code: { delivery: 'failed' } });
    expect(Date.parse(code?.resendAt ?? '')).toBeLessThan(Date.parse(code?.expiresAt ?? ''));
    service.twilio.answerWith('success');
    expect(await screen.send()).toMatchObject({
      status: 202,
      body: { code: { delivery: 'accepted' } },
    });
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
  });

  test.each([400, 429, 500, 'drop', 'html'] as const)(
    'is told when a code was asked for, with the challenge as it stands: %s',
    async (failure) => {
      const { user, screen } = await called();
      await service.advance(30_000);
      service.twilio.answerWith(failure);
      const challenge = { status: 'verify', code: { delivery: 'failed' } };
      expect(await screen.send()).toMatchObject(problem(502, 'delivery-failed', { challenge }));
      service.twilio.answerWith('success');
      expect((await screen.send()).status).toBe(202);
      expect((await screen.enter(user.heard())).body.status).toBe('approved');
    },
  );

  test('is asked once for each code', async () => {
    const { screen } = await called();
    await service.advance(30_000);
    const calls = service.twilio.requests.length;
    service.twilio.answerWith(503);
    await screen.send();
    expect(service.twilio.requests).toHaveLength(calls + 1);
  });

  test('counts as one of the five codes, so that calls end', async () => {
    const { screen } = await called();
    service.twilio.answerWith(500);
    await service.advance(30_000);
    for (let sent = 1; sent < 5; sent += 1) await screen.send();
    const calls = service.twilio.requests.length;
    expect(await screen.send()).toMatchObject(problem(409, 'challenge-finished'));
    expect(service.twilio.requests).toHaveLength(calls);
  });
});
