/** A number that could be called when it was set up, and may not be called any more. */
import { expect, test } from '@jest/globals';
import {
  enrolled,
  problem,
  randomSecret,
  signIn,
  startService,
  useService,
} from '../support/service.ts';
import { use, useEach } from '../support/use.ts';

const secrets = [randomSecret('k1')] as const;
const before = useService({ secrets });
const service = use(() => {
  const { databaseUrl, redisUrl } = before;
  return startService({ databaseUrl, redisUrl, secrets, env: { CALL_DENY_PREFIXES: '+3161' } });
});
const user = useEach(() => enrolled(before));

test('gets no call at the start of a login, but the login starts', async () => {
  const { challenge } = await signIn(service, { userId: user.userId });
  expect(challenge).toMatchObject({ status: 'verify', code: null, result: null });
  expect(service.twilio.requests).toEqual([]);
});

test('gets no call when they ask for a code, also in an older challenge', async () => {
  const refused = problem(422, 'destination-not-allowed', { challenge: { code: null } });
  const screen = await signIn(service, { userId: user.userId });
  expect(await screen.send()).toMatchObject(refused);
  const factorId = screen.challenge.factors[0]?.id;
  expect(await screen.send({ factorId })).toMatchObject(refused);
  const { token } = await user.signIn({ send: false });
  const answer = await service.call('POST', '/v1/challenge/code', { bearer: token, body: {} });
  expect(answer).toMatchObject(refused);
  expect(service.twilio.requests).toEqual([]);
});

test('takes nothing of what the user may be sent', async () => {
  const screen = await signIn(service, { userId: user.userId });
  for (let i = 0; i < 5; i += 1) await screen.send();
  expect((await user.signIn()).challenge.code).toMatchObject({ delivery: 'accepted' });
});
