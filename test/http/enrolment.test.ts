/** "2FA set-up procedure voor gebruikers": first a primary method, then a backup. */
import { afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Problem } from '../../src/domain/problems.ts';
import { enrolled, problem, somebody, useService } from '../support/service.ts';

const service = useService();
beforeAll(async () => {
  await service.organization({ policy: 'mandatory', backup: 'required' }, 'careful');
  await service.organization({ policy: 'optional', backup: 'required' }, 'half-careful');
});
afterEach(() => service.twilio.answerWith('success'));

const inCareful = { organizationId: 'careful' };
const backup = (skippable: boolean) => ({
  status: 'enrol',
  enrolment: { step: 'backup', skippable },
});

/** Someone whose first number is confirmed, at the step that asks for a backup. */
async function atBackup(login: object = {}) {
  const user = somebody(service, login);
  const screen = await user.signIn();
  await screen.addPhone(user.phone);
  const answer = await screen.enter(user.heard());
  return { user, screen, answer };
}

describe('setting up', () => {
  test('goes from number to code to backup to code, and then the user is in', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    const added = await screen.addPhone(user.phone);
    const hint = `316*****${user.phone.slice(-2)}`;
    expect(added).toMatchObject({
      status: 201,
      body: { status: 'verify', factors: [], code: { method: 'call', hint, attemptsRemaining: 5 } },
    });
    expect(added.body).not.toHaveProperty('challengeToken');

    const first = await screen.enter(user.heard());
    const factors = [{ role: 'primary', hint }];
    expect(first).toMatchObject({ status: 200, body: { ...backup(true), code: null, factors } });
    const other = somebody(service).phone;
    expect((await screen.addPhone(other)).body).toMatchObject({ status: 'verify', factors });
    const done = await screen.enter(service.twilio.codeFor(other));
    expect(done.body).toMatchObject({
      status: 'approved',
      factors: [{ role: 'primary', hint }, { role: 'secondary' }],
      result: { amr: ['pwd', 'mfa', 'otp', 'tel'] },
    });
    expect((await user.signIn()).challenge.code?.hint).toBe(hint);
  });

  test('may be stopped halfway: what was confirmed stays, the rest is gone', async () => {
    const { user, screen } = await atBackup();
    await screen.addPhone(somebody(service).phone);
    await screen.cancel();
    const { challenge } = await user.signIn();
    expect(challenge).toMatchObject({ status: 'verify', factors: [{ role: 'primary' }] });
    expect(challenge.factors).toHaveLength(1);
  });

  test('stopped before a code came back leaves nothing set up', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    await screen.cancel();
    expect(await screen.enter(user.heard())).toMatchObject(problem(409, 'challenge-finished'));
    expect((await user.signIn()).challenge).toMatchObject({ status: 'enrol', factors: [] });
  });

  test('lets a mistyped number be entered anew, and the first one is forgotten', async () => {
    const user = somebody(service);
    const typo = somebody(service).phone;
    const screen = await user.signIn();
    await screen.addPhone(typo);
    const strangersCode = service.twilio.codeFor(typo);
    expect((await screen.addPhone(user.phone)).status).toBe(201);
    if (strangersCode !== user.heard())
      expect(await screen.enter(strangersCode)).toMatchObject(problem(422, 'code-incorrect'));
    const done = await screen.enter(user.heard());
    expect(done.body.factors).toMatchObject([{ hint: `316*****${user.phone.slice(-2)}` }]);
  });

  test('resends to the number being confirmed, and not too early', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    const early = problem(429, 'resend-too-early', { challenge: { status: 'verify' } });
    expect(await screen.send()).toMatchObject(early);
    expect(await screen.addPhone(user.phone)).toMatchObject(early);
    await service.advance(30_000);
    expect(await screen.send()).toMatchObject({ status: 202, body: { code: { method: 'call' } } });
    expect((await screen.enter(user.heard())).body).toMatchObject(backup(true));
  });

  test('without anything set up has nowhere to send a code, and none to verify', async () => {
    const screen = await somebody(service).signIn();
    const challenge = { status: 'enrol' };
    expect(await screen.send()).toMatchObject(problem(409, 'no-factor', { challenge }));
    expect(await screen.enter('0123')).toMatchObject(problem(409, 'code-not-sent', { challenge }));
  });

  test('answers 201 also when the provider fails, and another number may be entered', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    service.twilio.answerWith(500);
    expect(await screen.addPhone(user.phone)).toMatchObject({
      status: 201,
      body: { status: 'verify', code: { delivery: 'failed' } },
    });
    service.twilio.answerWith('success');
    expect((await screen.send()).status).toBe(202);
    expect((await screen.enter(user.heard())).body).toMatchObject(backup(true));
  });

  test('is "een andere keer" also while a code is under way, where the policy is optional', async () => {
    await service.organization({ policy: 'optional' }, 'free');
    const user = somebody(service, { organizationId: 'free' });
    const screen = await user.signIn();
    await screen.addPhone(user.phone);
    expect((await screen.skip()).body).toMatchObject({ status: 'approved', factors: [] });
    expect(await screen.enter(user.heard())).toMatchObject(problem(409, 'challenge-finished'));
    expect((await user.signIn()).challenge.status).toBe('enrol');
  });
});

describe('a backup', () => {
  test('that is offered may be skipped, and is not asked for again', async () => {
    const { user, screen, answer } = await atBackup();
    expect(answer.body).toMatchObject(backup(true));
    const amr = ['pwd', 'mfa', 'otp', 'tel'];
    expect((await screen.skip()).body).toMatchObject({ status: 'approved', result: { amr } });
    const next = await user.signIn();
    expect((await next.enter(user.heard())).body.status).toBe('approved');
  });

  test('that was neither set up nor skipped comes back at the next login', async () => {
    const { user, screen } = await atBackup();
    await screen.cancel();
    const next = await user.signIn();
    expect((await next.enter(user.heard())).body).toMatchObject(backup(true));
  });

  test.each(['careful', 'half-careful'])(
    'that is required comes back at every login until it is set: %s',
    async (organizationId) => {
      const { user, screen, answer } = await atBackup({ organizationId });
      expect(answer.body).toMatchObject(backup(false));
      const refused = problem(403, 'enrolment-required', { challenge: backup(false) });
      expect(await screen.skip()).toMatchObject(refused);
      const next = await user.signIn();
      expect((await next.enter(user.heard())).body).toMatchObject({
        ...backup(false),
        result: null,
      });
      const second = somebody(service).phone;
      await next.addPhone(second);
      expect(await next.skip()).toMatchObject(problem(403, 'enrolment-required'));
      expect((await next.enter(service.twilio.codeFor(second))).body.status).toBe('approved');
      const last = await user.signIn();
      expect((await last.enter(user.heard())).body.status).toBe('approved');
    },
  );

  test('is asked of a user who declined it, once it is required', async () => {
    await service.organization({ policy: 'mandatory' }, 'stricter');
    const user = await enrolled(service, { organizationId: 'stricter' });
    await service.organization({ policy: 'mandatory', backup: 'required' }, 'stricter');
    const screen = await user.signIn();
    expect((await screen.enter(user.heard())).body).toMatchObject(backup(false));
  });

  test('is another number than the first, however it is spelled', async () => {
    const { user, screen } = await atBackup(inCareful);
    const calls = service.twilio.requests.length;
    for (const again of [
      user.phone,
      user.phone.replace('+31', '0'),
      user.phone.replace('+', '00'),
    ]) {
      expect(await screen.addPhone(again)).toMatchObject(
        problem(409, 'factor-exists', { challenge: backup(false) }),
      );
    }
    expect(service.twilio.requests).toHaveLength(calls);
  });
});

describe('a database that goes away between confirming a backup and letting in', () => {
  test('leaves the code as good as it was, and sets up nothing twice', async () => {
    const { user, screen } = await atBackup(inCareful);
    const next = await user.signIn({
      device: { id: 'd', platform: 'ios', pushToken: user.userId },
    });
    await screen.cancel();
    await next.enter(user.heard());
    const second = somebody(service).phone;
    await next.addPhone(second);
    const away = new Problem('unavailable', { retryAfterMs: 1_000 });
    jest.spyOn(service.directory.outcomes, 'approve').mockRejectedValueOnce(away);
    const failed = await next.enter(service.twilio.codeFor(second));
    expect(failed).toMatchObject(problem(503, 'unavailable'));
    expect((await next.look()).body).toMatchObject({ status: 'verify', result: null });
    // Nobody else would be let near it for a second.
    await service.advance(1_000);
    const done = await next.enter(service.twilio.codeFor(second));
    expect(done.body).toMatchObject({ status: 'approved', factors: [{}, {}] });
    expect(done.body.factors).toHaveLength(2);
  });
});
