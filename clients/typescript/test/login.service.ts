/** A real login on a running service, with a test key. `npm run clients` in the root starts one. */
import { deepEqual, equal, match, ok, rejects, throws } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  Doublecheck,
  ProblemError,
  ResultMismatchError,
  verifyWebhook,
  WebhookVerificationError,
} from '../src/index.ts';

const {
  DOUBLECHECK_URL: url = '',
  DOUBLECHECK_API_KEY: apiKey = '',
  CLIENT: client = '',
} = process.env;
const doublecheck = new Doublecheck({ url, apiKey });

/** Of its own, so that its numbers are too. */
const organizationId = `org-${randomUUID()}`;

async function login(userId: string) {
  await doublecheck.organizations.set(organizationId, { policy: 'mandatory' });
  const app = { name: 'company-panel' };
  const started = await doublecheck.challenges.start({ organizationId, userId, app });
  const screen = doublecheck.challenge(started.challengeToken);
  return { started, screen, expected: { organizationId, userId, challengeId: started.id } };
}

test('a user sets a phone up, is let in, and signs in again with a code', async () => {
  const first = await login('42');
  equal(first.started.status, 'enrol');
  const added = await first.screen.addFactor({ method: 'call', phoneNumber: '+999 000 000 00' });
  equal(added.code?.hint, '999*****00');
  await first.screen.verify({ code: (await doublecheck.test.readCode(first.started.id)).code });
  equal((await first.screen.skip()).status, 'approved');

  const { started, screen, expected } = await login('42');
  const { code } = await doublecheck.test.readCode(started.id);
  const wrong = code === '0000' ? '0001' : '0000';
  const refused: unknown = await screen.verify({ code: wrong }).catch((thrown) => thrown);
  ok(refused instanceof ProblemError && refused.problem.name === 'code-incorrect');
  equal(refused.problem.attemptsRemaining, 4);
  const { result } = await screen.verify({ code });
  const token = result?.token ?? '';

  equal((await doublecheck.challenges.find(started.id)).status, 'approved');
  const offline = await doublecheck.results.verify(token, expected, { client });
  const { knownDevice, ...claims } = await doublecheck.results.redeem(token, expected);
  equal(knownDevice, null);
  deepEqual(claims, offline);
  deepEqual(claims.amr, ['pwd', 'mfa', 'otp', 'tel']);
  match(claims.iss, /\/test$/);
  await rejects(doublecheck.results.redeem(token, expected), ProblemError);
});

test('a result counts only for the login that was started', async () => {
  const { started, screen, expected } = await login('43');
  await screen.addFactor({ method: 'call', phoneNumber: '+999 000 000 01' });
  await screen.verify({ code: (await doublecheck.test.readCode(started.id)).code });
  const { result } = await screen.skip();
  const other = { ...expected, userId: '42' };
  await rejects(doublecheck.results.redeem(result?.token ?? '', other), ResultMismatchError);
});

test('who waits hears that the call is busy', async () => {
  const { screen } = await login('44');
  await screen.addFactor({ method: 'call', phoneNumber: '+999 000 000 30' });
  const first = await screen.get();
  // It may be busy by then; and what does not change any more is not sent again.
  const { challenge } = await screen.get({ waitSeconds: 25, etag: first.etag });
  ok(['ringing', 'busy'].includes((challenge ?? first.challenge)?.code?.delivery ?? ''));
});

test('a webhook of the service is verified, and a changed one is not', () => {
  const { secret, headers, body } = JSON.parse(readFileSync(process.env['WEBHOOK'] ?? '', 'utf8'));
  const other = `whsec_${Buffer.alloc(32).toString('base64')}`;
  for (const secrets of [secret, [other, secret], [secret, other]])
    equal(verifyWebhook(secrets, headers, body).type, 'factor.added');
  for (const secrets of [other, []])
    throws(() => verifyWebhook(secrets, headers, body), WebhookVerificationError);
  for (const changed of [body.replace('factor.added', 'factor.removed'), `${body} `])
    throws(() => verifyWebhook(secret, headers, changed), WebhookVerificationError);
});
