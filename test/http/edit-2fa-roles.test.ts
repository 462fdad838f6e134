/** "2FA instellingen wijzigen": taking a method away, and choosing which one is the primary. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { problem, somebody, useService } from '../support/service.ts';
import { addConfirmed, atSettings, owner, withBackup } from '../support/settings-page.ts';

const service = useService();
beforeAll(async () => {
  await service.organization({ policy: 'optional' }, 'optional');
});

const hintOf = (phone: string) => `${phone.slice(1, 4)}*****${phone.slice(-2)}`;
const callsTo = (phone: string) =>
  service.twilio.requests.filter(({ body }) => body['To'] === phone).length;

describe('removing a method', () => {
  test('that is the primary puts the oldest secondary in its place, which is called from then on', async () => {
    const { user, page, backup } = await withBackup(service);
    const youngest = somebody(service).phone;
    await addConfirmed(service, page, youngest);
    expect(await page.remove(await page.idOf(user.phone))).toMatchObject({ status: 204, body: '' });
    expect(await page.numbers()).toEqual({ primary: backup, secondary: [youngest] });
    const { challenge } = await user.signIn();
    expect(challenge.code?.hint).toBe(hintOf(backup));
    expect(callsTo(backup)).toBe(2);
  });

  test('that is a secondary leaves the primary what it was', async () => {
    const { user, page, backup } = await withBackup(service);
    await page.remove(await page.idOf(backup));
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [] });
  });

  test('is refused for the last one where the policy is mandatory', async () => {
    const { user, page } = await owner(service);
    const refused = await page.remove(await page.idOf(user.phone));
    expect(refused).toMatchObject(problem(409, 'last-factor'));
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [] });
  });

  test('is refused for the last one of a user whose own policy is mandatory', async () => {
    const { user, page } = await owner(service, 'optional');
    const id = await page.idOf(user.phone);
    const { panel } = service.keys;
    const admin = atSettings(service, { ...page.visit, actor: 'boss', bearer: panel });
    await admin.setPolicy('mandatory');
    expect(await page.remove(id)).toMatchObject(problem(409, 'last-factor'));
    await admin.setPolicy(null);
    expect((await page.remove(id)).status).toBe(204);
  });

  test('leaves nothing where the policy is optional: the next login offers to set one up', async () => {
    const { user, page } = await owner(service, 'optional');
    expect((await page.remove(await page.idOf(user.phone))).status).toBe(204);
    expect((await user.signIn()).challenge).toMatchObject({
      status: 'enrol',
      enrolment: { step: 'primary', skippable: true },
    });
  });

  test('makes its code worthless at once, also in a login under way', async () => {
    const { user, page, backup } = await withBackup(service);
    const login = await user.signIn();
    await page.remove(await page.idOf(user.phone));
    expect((await login.look()).body).toMatchObject({ status: 'verify', code: null });
    expect(await login.enter(user.heard())).toMatchObject(problem(409, 'code-not-sent'));
    const lost = { factorId: login.challenge.code?.factorId };
    expect(await login.send(lost)).toMatchObject(problem(404, 'not-found'));
    await login.send();
    const entered = await login.enter(service.twilio.codeFor(backup));
    expect(entered.body.status).toBe('approved');
  });

  test('happens once: what is gone is not found', async () => {
    const { page, backup } = await withBackup(service);
    const id = await page.idOf(backup);
    await page.remove(id);
    expect(await page.remove(id)).toMatchObject(problem(404, 'not-found'));
  });
});

describe('making a method the primary', () => {
  test('makes the old one a secondary, and the next login calls the new one', async () => {
    const { user, page, backup } = await withBackup(service);
    const answer = await page.promote(await page.idOf(backup));
    expect(answer).toMatchObject({ status: 200, body: { role: 'primary', phoneNumber: backup } });
    expect(await page.numbers()).toEqual({ primary: backup, secondary: [user.phone] });
    const heard = callsTo(user.phone);
    const login = await user.signIn();
    expect(login.challenge.code?.hint).toBe(hintOf(backup));
    expect(callsTo(user.phone)).toBe(heard);
    const entered = await login.enter(service.twilio.codeFor(backup));
    expect(entered.body.status).toBe('approved');
  });

  test('that it is already changes nothing', async () => {
    const { user, page, backup } = await withBackup(service);
    expect((await page.promote(await page.idOf(user.phone))).status).toBe(200);
    expect(await page.numbers()).toEqual({ primary: user.phone, secondary: [backup] });
  });

  test('leaves a login under way its code', async () => {
    const { user, page, backup } = await withBackup(service);
    const login = await user.signIn();
    await page.promote(await page.idOf(backup));
    expect((await login.enter(user.heard())).body.status).toBe('approved');
  });

  test.each(['secondary', 'PRIMARY', '', 'admin'])('knows no other role: %j', async (role) => {
    const { page, backup } = await withBackup(service);
    const refused = problem(400, 'invalid-request', { errors: [{ pointer: '/role' }] });
    expect(await page.promote(await page.idOf(backup), role)).toMatchObject(refused);
  });
});
