/** "Bewerk 2FA" on the service's own page: a challenge with purpose `edit`, from the code to `done`. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { editing, type Screen, startEdit } from '../support/edits.ts';
import { accountOf, untilLocked } from '../support/guessing.ts';
import { anEntry } from '../support/people.ts';
import { enrolled, problem, somebody, useService, wrong } from '../support/service.ts';
import { atSettings, owner, withBackup } from '../support/settings-page.ts';

const service = useService();

const hintOf = (phone: string) => `${phone.slice(1, 4)}*****${phone.slice(-2)}`;

const factorsOf = async (screen: Screen) =>
  (await screen.look()).body.factors as { id: string; role: string; hint: string }[];

async function eventsOf(userId: string) {
  const path = `/v1/organizations/acme/events?userId=${userId}`;
  const { body } = await service.call('GET', path, { bearer: service.keys.panel });
  return body.items as { type: string; actor: string; challengeId: string; details: object }[];
}

/** Adds a phone in an edit, and enters the code that it was told. */
async function addConfirmed(screen: Screen, phone = somebody(service).phone): Promise<string> {
  const added = await screen.addPhone(phone);
  expect(added).toMatchObject({ status: 201, body: { status: 'verify' } });
  const entered = await screen.enter(service.twilio.codeFor(phone));
  expect(entered.body.status).toBe('edit');
  return added.body.code.factorId;
}

describe('an edit', () => {
  test('asks for a second factor, then shows what can be changed', async () => {
    const user = await enrolled(service);
    const screen = await startEdit(user);
    expect(screen.challenge).toMatchObject({
      purpose: 'edit',
      status: 'verify',
      accepts: ['code', 'recoveryCode', 'pass'],
      enrolment: null,
      edit: null,
    });
    const { body } = await screen.enter(user.heard());
    expect(body).toMatchObject({
      status: 'edit',
      code: null,
      noCode: null,
      accepts: [],
      enrolment: null,
      edit: {
        methods: ['call'],
        unavailable: [{ method: 'push', reason: 'no-device' }],
        recoveryCodesRemaining: 0,
      },
      result: null,
    });
    expect((await screen.look()).body).toMatchObject({ status: 'edit', edit: body.edit });
  });

  test('asks for it whatever the policy', async () => {
    await service.organization({ policy: 'optional' }, 'loose');
    const user = await enrolled(service, { organizationId: 'loose' });
    await service.organization({ policy: 'off' }, 'loose');
    expect((await startEdit(user)).challenge.status).toBe('verify');
  });

  test('is for the user at the keyboard alone', async () => {
    const { userId } = await enrolled(service);
    for (const actor of [{}, { 'x-actor': 'admin' }, { 'x-actor': `${userId} x` }])
      expect(await service.start({ userId, purpose: 'edit' }, { headers: actor })).toMatchObject(
        problem(403, 'actor-not-owner'),
      );
  });

  test('is not handed to another person who brings the idempotency key of the user', async () => {
    const { userId } = await enrolled(service);
    const key = { 'idempotency-key': randomUUID() };
    const startAs = (actor: object) =>
      service.start({ userId, purpose: 'edit' }, { headers: { ...key, ...actor } });
    const started = await startAs({ 'x-actor': userId });
    for (const actor of [{}, { 'x-actor': 'admin' }])
      expect(await startAs(actor)).toMatchObject(problem(403, 'actor-not-owner'));
    expect((await startAs({ 'x-actor': userId })).body).toEqual(started.body);
  });

  test('has nothing to change for a user without a factor', async () => {
    const { userId } = somebody(service);
    const asUser = { headers: { 'x-actor': userId } };
    expect(await service.start({ userId, purpose: 'edit' }, asUser)).toMatchObject(
      problem(409, 'no-factor'),
    );
  });

  test('needs an app that has the screens', async () => {
    const screen = await startEdit(await enrolled(service), {
      app: { name: 'vamos', version: '1.2.9' },
    });
    expect(screen.challenge).toMatchObject({ status: 'upgrade_required', minimumVersion: '1.3.0' });
  });
});

describe('in an edit', () => {
  test('a factor is added when its code comes back; until then another may be entered', async () => {
    const user = await enrolled(service);
    const screen = await editing(user);
    await screen.addPhone(somebody(service).phone);
    const { phone } = somebody(service);
    const added = (await screen.addPhone(phone)).body;
    expect(added).toMatchObject({
      status: 'verify',
      code: { hint: hintOf(phone) },
      accepts: ['code'],
    });
    expect(JSON.stringify(added)).not.toContain(phone.slice(3, 9));
    expect((await screen.enter(wrong(service.twilio.codeFor(phone)))).status).toBe(422);
    const entered = (await screen.enter(service.twilio.codeFor(phone))).body;
    expect(entered).toMatchObject({ status: 'edit', result: null });
    expect(entered.factors.map(({ hint }: { hint: string }) => hint)).toEqual([
      hintOf(user.phone),
      hintOf(phone),
    ]);
    const [event] = (await eventsOf(user.userId)).filter(({ type }) => type === 'factor.added');
    expect(event).toMatchObject({ actor: user.userId, challengeId: screen.challenge.id });
  });

  test('what the user has, may not have or has too many of is refused, as on their settings', async () => {
    const user = await enrolled(service);
    const screen = await editing(user);
    expect(await screen.addPhone(user.phone)).toMatchObject(problem(409, 'factor-exists'));
    expect(await screen.addPhone('0900 1234')).toMatchObject(
      problem(422, 'destination-not-allowed'),
    );
    expect(await screen.addPhone('12')).toMatchObject(problem(422, 'phone-number-invalid'));
    expect(await screen.addPush()).toMatchObject(problem(409, 'no-device'));
    for (let count = 1; count < 5; count += 1) {
      const next = await editing(user);
      await addConfirmed(next);
    }
    const full = await editing(user);
    expect(await full.addPhone(somebody(service).phone)).toMatchObject(
      problem(409, 'too-many-factors'),
    );
    expect((await full.look()).body.edit).toMatchObject({
      methods: [],
      unavailable: [
        { method: 'call', reason: 'too-many-factors' },
        { method: 'push', reason: 'too-many-factors' },
      ],
    });
  });

  test('another factor becomes the primary', async () => {
    const { user, backup } = await withBackup(service);
    const screen = await editing(user);
    const [primary, secondary] = await factorsOf(screen);
    const promoted = await screen.promote(secondary?.id ?? '');
    expect(promoted).toMatchObject({
      status: 200,
      body: {
        status: 'edit',
        factors: [
          { id: secondary?.id, role: 'primary', hint: hintOf(backup) },
          { id: primary?.id, role: 'secondary' },
        ],
      },
    });
    const [event] = await eventsOf(user.userId);
    expect(event).toMatchObject({
      type: 'factor.promoted',
      actor: user.userId,
      details: { hint: hintOf(backup) },
    });
    expect(await screen.promote(randomUUID())).toMatchObject(problem(404, 'not-found'));
  });

  test('a factor is removed, and never the last one under a mandatory policy', async () => {
    const { user } = await withBackup(service);
    const screen = await editing(user);
    const [primary, secondary] = await factorsOf(screen);
    expect((await screen.remove(secondary?.id ?? '')).status).toBe(204);
    expect(await screen.remove(secondary?.id ?? '')).toMatchObject(problem(404, 'not-found'));
    expect(await screen.remove(primary?.id ?? '')).toMatchObject(problem(409, 'last-factor'));
    expect(await factorsOf(screen)).toHaveLength(1);
    const types = (await eventsOf(user.userId)).map(({ type }) => type);
    expect(types.filter((type) => type === 'factor.removed')).toHaveLength(1);
  });

  test('a factor that waits for its code is dropped, with its code and its call', async () => {
    const user = await enrolled(service);
    const screen = await editing(user);
    const { phone } = somebody(service);
    const { factorId } = (await screen.addPhone(phone)).body.code;
    const code = service.twilio.codeFor(phone);
    expect((await screen.remove(factorId)).status).toBe(204);
    expect((await screen.look()).body).toMatchObject({ status: 'edit', code: null });
    expect(await screen.enter(code)).toMatchObject(problem(409, 'code-not-sent'));
    const { sidOf, until } = service.twilio;
    await until(() => service.twilio.hangUps.includes(sidOf(phone)));
  });

  test('an addition elsewhere ends the one that is not confirmed here, and the reverse', async () => {
    const { user, page } = await owner(service);
    const screen = await editing(user);
    await screen.addPhone(somebody(service).phone);
    const elsewhere = (await page.add(somebody(service).phone)).body;
    expect((await screen.look()).body.status).toBe('edit');
    await addConfirmed(screen);
    const over = await service.call('GET', '/v1/challenge', { bearer: elsewhere.challengeToken });
    expect(over.body).toMatchObject({ status: 'cancelled', endReason: 'withdrawn' });
  });

  test('recovery codes are made, shown once and counted', async () => {
    const user = await enrolled(service);
    const screen = await editing(user);
    const once = { headers: { 'idempotency-key': randomUUID() } };
    const made = await screen.makeCodes(once);
    expect(made.status).toBe(201);
    expect(made.body.codes).toHaveLength(10);
    expect((await screen.makeCodes(once)).body).toEqual(made.body);
    expect((await screen.look()).body.edit.recoveryCodesRemaining).toBe(10);
    const other = await user.signIn();
    expect((await other.prove({ recoveryCode: made.body.codes[0] })).body.status).toBe('approved');
    expect((await screen.look()).body.edit.recoveryCodesRemaining).toBe(9);
  });

  test('done ends it, with no result, and it proves nothing elsewhere', async () => {
    const user = await enrolled(service);
    const screen = await editing(user);
    await screen.addPhone(somebody(service).phone);
    const done = await screen.done();
    expect(done).toMatchObject({ status: 200, body: { status: 'approved', result: null } });
    const { id } = done.body;
    const found = await service.call('GET', `/v1/challenges/${id}`, { bearer: service.keys.panel });
    expect(found.body).toMatchObject({ status: 'approved', result: null });
    expect(await screen.done()).toMatchObject(problem(409, 'challenge-finished'));
    const page = atSettings(service, { userId: user.userId, challengeId: id });
    expect(await page.makeCodes()).toMatchObject(problem(403, 'step-up-required'));
    expect(await factorsOf(screen)).toHaveLength(1);
  });

  test('done leads the browser back from the page', async () => {
    const returnUrl = 'https://panel.example/settings';
    const site = { client: 'company-panel', use: 'return' as const, url: returnUrl };
    await service.directory.clients.allowSite(site, anEntry);
    const screen = await editing(await enrolled(service), { returnUrl });
    expect((await screen.done()).body).toMatchObject({
      returnTo: expect.stringContaining(`${returnUrl}?challenge=${screen.challenge.id}&proof=`),
      result: null,
    });
  });

  test('wrong guesses are taken off when the second factor is proved, and again at done', async () => {
    const user = await enrolled(service);
    const screen = await startEdit(user);
    await screen.enter(wrong(user.heard()));
    expect(await accountOf(service, user)).toEqual({ short: 1, long: 0 });
    await screen.enter(user.heard());
    expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
    const { phone } = somebody(service);
    await screen.addPhone(phone);
    await screen.enter(wrong(service.twilio.codeFor(phone)));
    await screen.enter(service.twilio.codeFor(phone));
    expect(await accountOf(service, user)).toEqual({ short: 1, long: 0 });
    await screen.done();
    expect(await accountOf(service, user)).toEqual({ short: 0, long: 0 });
  });
});

describe('who no longer has the factor that they proved', () => {
  test('proves another before the next change, and can end at any time', async () => {
    const { user, backup } = await withBackup(service);
    const screen = await editing(user);
    const [primary] = await factorsOf(screen);
    expect((await screen.remove(primary?.id ?? '')).status).toBe(204);
    expect((await screen.look()).body).toMatchObject({
      status: 'verify',
      accepts: ['code', 'recoveryCode', 'pass'],
    });
    expect(await screen.makeCodes()).toMatchObject(problem(403, 'verification-required'));
    await screen.send();
    const entered = await screen.enter(service.twilio.codeFor(backup));
    expect(entered.body.status).toBe('edit');
    expect((await screen.makeCodes()).status).toBe(201);

    const other = await editing({ ...user, heard: () => service.twilio.codeFor(backup) });
    expect((await other.done()).status).toBe(200);
  });

  test('goes on after a new phone took the place of the old one', async () => {
    const user = await enrolled(service);
    const screen = await editing(user);
    const [old] = await factorsOf(screen);
    await addConfirmed(screen);
    expect((await screen.remove(old?.id ?? '')).status).toBe(204);
    expect((await screen.look()).body.status).toBe('edit');
    expect((await screen.done()).body.status).toBe('approved');
  });

  test('changes nothing more when an administrator removed it', async () => {
    const { user } = await withBackup(service);
    const screen = await editing(user);
    const [primary] = await factorsOf(screen);
    const admin = atSettings(service, {
      userId: user.userId,
      actor: 'admin',
      bearer: service.keys.panel,
    });
    expect((await admin.remove(primary?.id ?? '')).status).toBe(204);
    expect(await screen.addPhone(somebody(service).phone)).toMatchObject(
      problem(403, 'verification-required'),
    );
    expect((await screen.done()).status).toBe(200);
  });

  test('may set one up again where none is mandatory', async () => {
    await service.organization({ policy: 'optional' }, 'free');
    const user = await enrolled(service, { organizationId: 'free' });
    const screen = await editing(user);
    const [only] = await factorsOf(screen);
    expect((await screen.remove(only?.id ?? '')).status).toBe(204);
    await addConfirmed(screen);
  });

  test('needs a pass to set one up again, where the first one needs it', async () => {
    await service.organization({ policy: 'optional' }, 'strict');
    const user = await enrolled(service, { organizationId: 'strict' });
    await service.organization({ policy: 'optional', firstSetup: 'pass' }, 'strict');
    const screen = await editing(user);
    const [only] = await factorsOf(screen);
    expect((await screen.remove(only?.id ?? '')).status).toBe(204);
    expect((await screen.look()).body).toMatchObject({ status: 'verify', accepts: ['pass'] });
    expect(await screen.addPhone(user.phone)).toMatchObject(problem(403, 'verification-required'));
  });
});

test('a locked user edits with a recovery code: all but what sends a code', async () => {
  const { user, page, backup } = await withBackup(service);
  const { codes } = (await page.makeCodes()).body;
  await untilLocked(user);
  const screen = await startEdit(user);
  expect(screen.challenge.status).toBe('locked');
  expect(await screen.makeCodes()).toMatchObject(problem(429, 'locked'));
  expect((await screen.prove({ recoveryCode: codes[0] })).body.status).toBe('edit');
  const [, secondary] = await factorsOf(screen);
  expect(secondary?.hint).toBe(hintOf(backup));
  expect((await screen.promote(secondary?.id ?? '')).status).toBe(200);
  expect((await screen.makeCodes()).status).toBe(201);
  expect(await screen.addPhone(somebody(service).phone)).toMatchObject(problem(429, 'locked'));
  expect((await screen.done()).body.status).toBe('approved');
});
