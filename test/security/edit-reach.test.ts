/** What an edit opens, only its own token opens, and only after its second factor. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { editing, type Screen, startEdit } from '../support/edits.ts';
import { remembered } from '../support/known-browser.ts';
import { type Answer, enrolled, problem, somebody, useService } from '../support/service.ts';
import { withBackup } from '../support/settings-page.ts';

const service = useService();

type Given = { factorId: string; deviceId: string };

/** Each call of an edit. The ids are of a factor and of a known device that the user has. */
const calls: [name: string, call: (screen: Screen, given: Given) => Promise<Answer>][] = [
  ['known devices', (screen) => screen.knownDevices()],
  ['forgetting one', (screen, { deviceId }) => screen.forgetKnown(deviceId)],
  ['forgetting all', (screen) => screen.forgetKnown()],
  ['promoting', (screen, { factorId }) => screen.promote(factorId)],
  ['removing', (screen, { factorId }) => screen.remove(factorId)],
  ['recovery codes', (screen) => screen.makeCodes()],
  ['done', (screen) => screen.done()],
];

const adding = (screen: Screen) => screen.addPhone(somebody(service).phone);

const unproved = problem(403, 'verification-required');
const finished = problem(409, 'challenge-finished');

/** A user, and what they have: no refused call may change it. */
async function someone() {
  const { user, page } = await withBackup(service);
  const { secondary } = await page.numbers();
  const factorId = await page.idOf(secondary[0] ?? '');
  await remembered(service, user);
  const deviceId: string = (await page.read()).body.knownDevices[0].id;
  const state = async () => {
    const { recoveryCodesRemaining, knownDevices } = (await page.read()).body;
    return [await page.numbers(), recoveryCodesRemaining, knownDevices];
  };
  return { user, page, given: { factorId, deviceId }, state };
}

describe('before the second factor', () => {
  test.each(['login', 'step-up', 'edit'])('a token of purpose %s opens none', async (purpose) => {
    const { user, given, state } = await someone();
    const before = await state();
    const screen = purpose === 'edit' ? await startEdit(user) : await user.signIn({ purpose });
    for (const [name, call] of [...calls, ['adding', adding] as const])
      expect([name, await call(screen, given)]).toMatchObject([name, unproved]);
    expect(await state()).toEqual(before);
    expect((await screen.look()).body).toMatchObject({ status: 'verify', edit: null });
  });
});

describe('after the second factor', () => {
  test.each(['login', 'step-up'])('a token of purpose %s opens none', async (purpose) => {
    const { user, given, state } = await someone();
    const before = await state();
    const screen = await user.signIn({ purpose });
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    for (const [name, call] of [...calls, ['adding', adding] as const])
      expect([name, await call(screen, given)]).toMatchObject([name, finished]);
    expect(await state()).toEqual(before);
  });

  test('a token of a login that still sets up a backup opens none', async () => {
    const user = somebody(service);
    const screen = await user.signIn();
    const factorId = (await screen.addPhone(user.phone)).body.code.factorId;
    const given = { factorId, deviceId: randomUUID() };
    for (const [name, call] of calls)
      expect([name, await call(screen, given)]).toMatchObject([name, unproved]);
    expect((await screen.enter(user.heard())).body.status).toBe('enrol');
    for (const [name, call] of calls)
      expect([name, await call(screen, given)]).toMatchObject([name, unproved]);
    expect((await screen.look()).body.factors).toHaveLength(1);
  });

  test('a token that confirms a new factor opens none', async () => {
    const { page, given, state } = await someone();
    const { challengeToken, code } = (await page.add(somebody(service).phone)).body;
    const before = await state();
    const call = (method: string, path: string, body?: object) =>
      service.call(method, `/v1/challenge${path}`, { bearer: challengeToken, body });
    for (const id of [given.factorId, code.factorId]) {
      expect(await call('PATCH', `/factors/${id}`, { role: 'primary' })).toMatchObject(unproved);
      expect(await call('DELETE', `/factors/${id}`)).toMatchObject(unproved);
    }
    expect(await call('POST', '/recovery-codes', {})).toMatchObject(unproved);
    expect(await call('POST', '/done', {})).toMatchObject(unproved);
    expect(await call('GET', '/known-devices')).toMatchObject(unproved);
    expect(await call('DELETE', '/known-devices')).toMatchObject(unproved);
    expect(await state()).toEqual(before);
  });

  test('a token of another edit of the same user opens none, before that one is proved', async () => {
    const { user, given, state } = await someone();
    await editing(user);
    const before = await state();
    const other = await startEdit(user);
    for (const [name, call] of [...calls, ['adding', adding] as const])
      expect([name, await call(other, given)]).toMatchObject([name, unproved]);
    expect(await state()).toEqual(before);
  });

  test('a token of another user’s edit reaches nothing of this one', async () => {
    const { given, state } = await someone();
    const before = await state();
    const stranger = await editing(await enrolled(service));
    for (const id of [given.deviceId, randomUUID()])
      expect(await stranger.forgetKnown(id)).toMatchObject(problem(404, 'not-found'));
    expect((await stranger.forgetKnown()).status).toBe(204);
    for (const id of [given.factorId, randomUUID()]) {
      expect(await stranger.promote(id)).toMatchObject(problem(404, 'not-found'));
      expect(await stranger.remove(id)).toMatchObject(problem(404, 'not-found'));
    }
    expect(await state()).toEqual(before);
  });

  test('an edit that has ended opens none', async () => {
    for (const end of ['done', 'cancel'] as const) {
      const { user, given, state } = await someone();
      const screen = await editing(user);
      await screen[end]();
      const before = await state();
      for (const [name, call] of [...calls, ['adding', adding] as const])
        expect([name, await call(screen, given)]).toMatchObject([name, finished]);
      expect(await state()).toEqual(before);
    }
  });

  test('an edit opens each of them, and never a result', async () => {
    const { user, given } = await someone();
    const screen = await editing(user);
    const statuses: number[] = [];
    for (const [, call] of calls) {
      const answer = await call(screen, given);
      statuses.push(answer.status);
      expect(answer.body.result ?? null).toBeNull();
    }
    expect(statuses).toEqual([200, 204, 204, 200, 204, 201, 200]);
    expect((await screen.look()).body.result).toBeNull();
  });
});
