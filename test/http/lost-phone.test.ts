/** A lost phone: passes by an administrator, recovery codes, and a first set-up that needs a pass. */
import { describe, expect, test } from '@jest/globals';
import { accountOf, untilCareful, untilLocked } from '../support/guessing.ts';
import { enrolled, problem, somebody, useService, wrong } from '../support/service.ts';
import { atSettings, owner } from '../support/settings-page.ts';

const service = useService();

const help = (userId: string, actor = 'helpdesk') =>
  atSettings(service, { userId, actor, bearer: service.keys.recovery });

async function passFor(userId: string): Promise<string> {
  const { status, body } = await help(userId).makePass();
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.pass;
}

async function eventsOf(userId: string): Promise<string[]> {
  const path = `/v1/organizations/acme/events?userId=${userId}`;
  const { body } = await service.call('GET', path, { bearer: service.keys.panel });
  return body.items.map(({ type }: { type: string }) => type);
}

describe('a pass', () => {
  test('lets its user in once in place of a code, and is in the trail', async () => {
    const user = await enrolled(service);
    const made = await help(user.userId).makePass(30);
    expect(made.status).toBe(201);
    expect(made.body.pass).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    const lifeMs = Date.parse(made.body.expiresAt) - Date.now();
    expect(Math.round(lifeMs / 60_000)).toBe(30);
    const screen = await user.signIn();
    expect(screen.challenge.accepts).toEqual(['code', 'recoveryCode', 'pass']);
    const typed = made.body.pass.toLowerCase().replaceAll('-', ' ');
    expect(await screen.prove({ pass: typed })).toMatchObject({
      status: 200,
      body: { status: 'approved', result: { amr: ['pwd', 'mfa', 'otp'] } },
    });
    const again = await user.signIn();
    expect(await again.prove({ pass: made.body.pass })).toMatchObject(
      problem(422, 'code-incorrect', { attemptsRemaining: 14 }),
    );
    const events = await eventsOf(user.userId);
    expect(events.filter((type) => type.startsWith('pass.'))).toEqual([
      'pass.used',
      'pass.created',
    ]);
  });

  test('takes the wrong guesses of its challenge off the account, as a code does', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    await screen.enter(wrong(user.heard()));
    expect(await accountOf(service, user)).toEqual({ short: 1, long: 0 });
    expect((await screen.prove({ pass: await passFor(user.userId) })).body.status).toBe('approved');
    expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
  });

  test('is made with the scope for it, for somebody else, and for a user of a known organization', async () => {
    const user = await enrolled(service);
    const admin = atSettings(service, {
      userId: user.userId,
      actor: 'boss',
      bearer: service.keys.panel,
    });
    expect(await admin.makePass()).toMatchObject(
      problem(403, 'forbidden', { detail: expect.stringContaining('`recovery`') }),
    );
    expect(await help(user.userId, user.userId).makePass()).toMatchObject(
      problem(403, 'forbidden'),
    );
    const nobody = atSettings(service, { userId: '1', actor: null, bearer: service.keys.recovery });
    expect((await nobody.makePass()).status).toBe(400);
    const unknown = {
      userId: '1',
      organizationId: 'nowhere',
      actor: 'x',
      bearer: service.keys.recovery,
    };
    expect(await atSettings(service, unknown).makePass()).toMatchObject(problem(404, 'not-found'));
    for (const minutes of [4, 1441, 1.5])
      expect(await help(user.userId).makePass(minutes)).toMatchObject(
        problem(400, 'invalid-request'),
      );
  });

  test('ends with a new one and when it is taken back', async () => {
    const user = await enrolled(service);
    const first = await passFor(user.userId);
    const second = await passFor(user.userId);
    const screen = await user.signIn();
    expect(await screen.prove({ pass: first })).toMatchObject(problem(422, 'code-incorrect'));
    expect((await help(user.userId).endPass()).status).toBe(204);
    expect(await screen.prove({ pass: second })).toMatchObject(problem(422, 'code-incorrect'));
  });

  test('of another user is as wrong as any other text, costs the account nothing and the challenge one of its 15', async () => {
    const [user, other] = [await enrolled(service), await enrolled(service)];
    const pass = await passFor(other.userId);
    const screen = await user.signIn();
    const texts = [pass, 'x', '!', 'Ω'.repeat(64), `${pass}-0000`, '7K2M-9QXD-04TR-HN6V'];
    for (const [i, text] of texts.entries())
      expect(await screen.prove({ pass: text })).toMatchObject(
        problem(422, 'code-incorrect', { attemptsRemaining: 14 - i }),
      );
    expect(await screen.prove({ pass: 'y'.repeat(65) })).toMatchObject(
      problem(400, 'invalid-request'),
    );
    for (let i = texts.length; i < 14; i += 1) await screen.prove({ recoveryCode: `wrong ${i}` });
    expect(await screen.prove({ pass: 'last' })).toMatchObject(problem(429, 'attempts-exhausted'));
    expect((await screen.look()).body).toMatchObject({ status: 'cancelled', endReason: 'used-up' });
    expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
    expect((await (await other.signIn()).prove({ pass })).body.status).toBe('approved');
  });

  test('lets one in of 200 that come at once', async () => {
    const user = await enrolled(service);
    const pass = await passFor(user.userId);
    const screens = await Promise.all(
      Array.from({ length: 20 }, () => user.signIn({ send: false })),
    );
    const answers = await Promise.all(
      screens.flatMap((screen) => Array.from({ length: 10 }, () => screen.prove({ pass }))),
    );
    expect(answers.filter(({ body }) => body.status === 'approved')).toHaveLength(1);
  });

  test('is one of exactly three things to enter', async () => {
    const user = await enrolled(service);
    const screen = await user.signIn();
    for (const body of [
      {},
      { pass: 'a', code: '1234' },
      { pass: 'a', recoveryCode: 'b' },
      { pass: '' },
    ])
      expect(await screen.prove(body)).toMatchObject(problem(400, 'invalid-request'));
  });
});

describe('recovery codes', () => {
  test('are ten, each good once, and let a locked user in', async () => {
    const { user, page } = await owner(service);
    const { status, body } = await page.makeCodes();
    expect(status).toBe(201);
    expect(new Set(body.codes).size).toBe(10);
    await untilCareful(user);
    await untilLocked(user);
    const screen = await user.signIn();
    expect(screen.challenge).toMatchObject({ status: 'locked', accepts: ['recoveryCode', 'pass'] });
    const entered = await screen.prove({ recoveryCode: body.codes[3] });
    expect(entered.body).toMatchObject({
      status: 'approved',
      result: { amr: ['pwd', 'mfa', 'otp'] },
    });
    expect((await page.read()).body.recoveryCodesRemaining).toBe(9);
    const again = await user.signIn();
    expect(await again.prove({ recoveryCode: body.codes[3] })).toMatchObject(
      problem(422, 'code-incorrect'),
    );
    expect(await eventsOf(user.userId)).toContain('recovery-code.used');
  });

  test('serve as the second factor for a change of factors, in a locked lane too', async () => {
    const { user, page } = await owner(service);
    const { codes } = (await page.makeCodes()).body;
    await untilCareful(user);
    await untilLocked(user);
    const { body } = await (await user.signIn()).prove({ recoveryCode: codes[0] });
    const settings = atSettings(service, { userId: user.userId, challengeId: body.id });
    expect((await settings.makeCodes()).status).toBe(201);
  });

  test('are made by the user, with a factor and a fresh second factor', async () => {
    const nobody = somebody(service);
    const bare = atSettings(service, { userId: nobody.userId });
    expect(await bare.makeCodes()).toMatchObject(problem(409, 'no-factor'));
    const user = await enrolled(service);
    const unproved = atSettings(service, { userId: user.userId });
    expect(await unproved.makeCodes()).toMatchObject(problem(403, 'step-up-required'));
    const admin = { userId: user.userId, actor: 'boss', bearer: service.keys.panel };
    expect(await atSettings(service, admin).makeCodes()).toMatchObject(
      problem(403, 'actor-not-owner'),
    );
  });

  test('end with new ones and with a reset', async () => {
    const { user, page } = await owner(service);
    const [old] = (await page.makeCodes()).body.codes;
    await page.makeCodes();
    expect(await (await user.signIn()).prove({ recoveryCode: old })).toMatchObject(
      problem(422, 'code-incorrect'),
    );
    const admin = { userId: user.userId, actor: 'boss', bearer: service.keys.panel };
    await atSettings(service, admin).reset();
    expect((await page.read()).body.recoveryCodesRemaining).toBe(0);
  });

  test('never confirm a new factor', async () => {
    const { user, page } = await owner(service);
    const [code] = (await page.makeCodes()).body.codes;
    const screen = await user.signIn();
    await screen.prove({ recoveryCode: code });
    const other = await somebody(service).signIn();
    const adding = await other.addPhone('+31612345699');
    expect(adding.body.accepts).toEqual(['code']);
    expect(await other.prove({ recoveryCode: code })).toMatchObject(problem(409, 'code-not-sent'));
  });
});

describe('where a first set-up needs a pass', () => {
  const strict = useService();
  const setUp = (policy: string) =>
    strict.call('PATCH', '/v1/organizations/acme', {
      bearer: strict.keys.panel,
      body: { policy, firstSetup: 'pass' },
    });

  test('a password alone sets up nothing, after a reset too', async () => {
    await setUp('mandatory');
    const user = somebody(strict);
    const screen = await user.signIn();
    expect(screen.challenge).toMatchObject({
      status: 'verify',
      accepts: ['pass'],
      noCode: { reason: 'pass-required', retryAt: null },
      enrolment: { step: 'primary', skippable: false },
    });
    expect(await screen.addPhone(user.phone)).toMatchObject(problem(403, 'verification-required'));
    expect(await screen.send()).toMatchObject(problem(409, 'no-factor'));
    expect(await screen.skip()).toMatchObject(problem(403, 'enrolment-required'));
    expect(await screen.prove({ recoveryCode: 'x' })).toMatchObject(problem(409, 'code-not-sent'));
    const page = atSettings(strict, { userId: user.userId });
    expect(await page.add(user.phone)).toMatchObject(problem(403, 'step-up-required'));
  });

  test('a pass opens it, and the login ends with the factor set up', async () => {
    await setUp('mandatory');
    const user = somebody(strict);
    const helpdesk = { userId: user.userId, actor: 'helpdesk', bearer: strict.keys.recovery };
    const { pass } = (await atSettings(strict, helpdesk).makePass()).body;
    const screen = await user.signIn();
    expect((await screen.prove({ pass })).body).toMatchObject({ status: 'enrol', noCode: null });
    await screen.addPhone(user.phone);
    await screen.enter(strict.twilio.codeFor(user.phone));
    expect((await screen.skip()).body.status).toBe('approved');
  });

  test('who may skip may still skip', async () => {
    await setUp('optional');
    const screen = await somebody(strict).signIn();
    expect(screen.challenge).toMatchObject({ status: 'verify', enrolment: { skippable: true } });
    expect((await screen.skip()).body.status).toBe('approved');
  });
});

test('a wrong code and a wrong pass share the guesses of the challenge', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  for (let i = 0; i < 13; i += 1) await screen.prove({ pass: `wrong ${i}` });
  expect((await screen.enter(wrong(user.heard()))).status).toBe(422);
  expect(await screen.prove({ pass: 'x' })).toMatchObject(problem(429, 'attempts-exhausted'));
});
