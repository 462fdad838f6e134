/** A call waits for the one before it at its number. Meanwhile its user may change. */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { eventsOf } from '../support/guessing.ts';
import { type Request, somebody, tellOfCall, useService } from '../support/service.ts';
import { atSettings, withBackup } from '../support/settings-page.ts';

const service = useService({ env: { PUBLIC_URL: 'https://2fa.example' } });

const endCall = (phone: string) => tellOfCall(service, phone, 'completed');

/** Somebody with two phones, whose next login waits for the first. */
async function waiting(request: Request = {}) {
  const { user, page, backup } = await withBackup(service);
  for (const phone of [user.phone, backup]) await endCall(phone);
  await (await somebody(service).signIn()).addPhone(user.phone);
  const starts = async () => (await eventsOf(service, user.userId, 'challenge.started')).length;
  const before = await starts();
  const login = user.signIn({}, request);
  while ((await starts()) === before);
  return { user, page, backup, login };
}

test('while a login waits for a number that somebody else has called, and its phone is removed, the other phone is called', async () => {
  const { user, page, backup, login } = await waiting();
  expect((await page.remove(await page.idOf(user.phone))).status).toBe(204);
  await endCall(user.phone);
  const screen = await login;
  expect(screen.challenge.code).toMatchObject({ method: 'call', delivery: 'accepted' });
  expect((await screen.enter(service.twilio.codeFor(backup))).body.status).toBe('approved');
});

test('while a login waits for a number that somebody else has called, and all its phones are removed one by one, there is no code', async () => {
  const { user, page, backup, login } = await waiting();
  await service.organization({ policy: 'optional' });
  for (const phone of [backup, user.phone])
    expect((await page.remove(await page.idOf(phone))).status).toBe(204);
  await endCall(user.phone);
  expect((await login).challenge).toMatchObject({ status: 'enrol', code: null });
  await service.organization({ policy: 'mandatory' });
});

test('while a login waits for a number that somebody else has called, and the user is reset, the login begins anew with the set-up', async () => {
  const key = { headers: { 'idempotency-key': randomUUID() } };
  const { user, login } = await waiting(key);
  const admin = { userId: user.userId, actor: 'boss', bearer: service.keys.panel };
  expect((await atSettings(service, admin).reset()).status).toBe(204);
  await endCall(user.phone);
  expect((await login).challenge).toMatchObject({ type: '/problems/unavailable' });
  const again = await user.signIn({}, key);
  expect(again.challenge).toMatchObject({ status: 'enrol', factors: [] });
  expect((await again.addPhone(user.phone)).status).toBe(201);
});
