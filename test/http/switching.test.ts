/** "Als 2FA wordt ingeschakeld op het moment dat je bent ingelogd, blijf je ingelogd." */
import { expect, test } from '@jest/globals';
import { enrolled, somebody, useService } from '../support/service.ts';

const service = useService({ policy: null });

const redeem = (token?: string) =>
  service.call('POST', '/v1/results/redeem', { bearer: service.keys.panel, body: { token } });

test('switched on, a login that was approved stays so, and the next one is asked', async () => {
  await service.organization({ policy: 'off' });
  const user = somebody(service);
  const session = await user.signIn();
  await service.organization({ policy: 'mandatory' });
  expect((await session.look()).body.status).toBe('approved');
  const { status, body } = await redeem(session.challenge.result?.token);
  expect({ status, amr: body.amr }).toEqual({ status: 200, amr: ['pwd'] });
  expect((await user.signIn()).challenge).toMatchObject({
    status: 'enrol',
    enrolment: { skippable: false },
  });
});

test('switched off, the methods sleep; switched on again, they are asked for', async () => {
  await service.organization({ policy: 'mandatory' });
  const user = await enrolled(service);
  const { factors } = (await user.signIn()).challenge;
  await service.organization({ policy: 'off' });
  const calls = service.twilio.requests.length;
  const letIn = await user.signIn();
  expect(letIn.challenge).toMatchObject({ status: 'approved', result: { amr: ['pwd'] } });
  expect(service.twilio.requests).toHaveLength(calls);
  await service.organization({ policy: 'optional' });
  const screen = await user.signIn();
  expect(screen.challenge).toMatchObject({ status: 'verify', factors });
  expect((await screen.enter(user.heard())).body.status).toBe('approved');
});
