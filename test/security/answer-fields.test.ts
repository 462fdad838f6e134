/**
 * No answer has a field that its description does not name: the routes draw each field themselves,
 * and nothing filters them. `service.call` checks every answer. Here each kind of answer comes once.
 */
import { expect, test } from '@jest/globals';
import { operations } from '../support/description.ts';
import { editing } from '../support/edits.ts';
import { answerMismatch } from '../support/exact-schemas.ts';
import { enrolled, somebody, useService, wrong } from '../support/service.ts';
import { addConfirmed, atSettings, owner } from '../support/settings-page.ts';
import { testClient, testNumber } from '../support/test-mode.ts';

const service = useService();
const bearer = () => service.keys.panel;
const acme = '/v1/organizations/acme';

async function asScreens(): Promise<void> {
  const user = somebody(service);
  const device = { id: 'd-1', platform: 'android', pushToken: 'token-of-the-phone' };
  const screen = await user.signIn({ device });
  await screen.addPhone(user.phone);
  await screen.enter(wrong(user.heard()));
  await screen.look();
  await screen.theme();
  await screen.enter(user.heard());
  const { body } = await screen.skip();
  await service.call('POST', '/v1/results/redeem', {
    bearer: bearer(),
    body: { token: body.result.token },
  });
  await service.call('GET', `/v1/challenges/${body.id}`, { bearer: bearer() });
  await (await user.signIn({ send: false })).send();
}

async function asEditor(): Promise<void> {
  const screen = await editing(await enrolled(service));
  const [factor] = (await screen.look()).body.factors;
  await screen.promote(factor.id);
  await screen.makeCodes();
  await screen.knownDevices();
  await screen.done();
}

async function asUserAtSettings(): Promise<void> {
  const { user, page } = await owner(service);
  const other = somebody(service);
  await addConfirmed(service, page, other.phone);
  await page.list();
  await page.promote(await page.idOf(other.phone));
  const device = { id: 'd-2', platform: 'ios', pushToken: 'token-of-a-tablet' };
  const screen = await user.signIn({ device });
  await screen.enter(service.twilio.codeFor(other.phone));
  await page.refresh('d-2', 'next-token-of-a-tablet', 'token-of-a-tablet');
  await page.makeCodes();
  await page.read();
}

async function asAdministrator(): Promise<void> {
  const { userId } = await enrolled(service);
  const page = atSettings(service, { userId, actor: 'boss', bearer: bearer() });
  await service.organization({ policy: 'optional' }, 'new');
  await service.call('PUT', `${acme}?dryRun=true`, {
    bearer: bearer(),
    body: { policy: 'mandatory' },
  });
  await service.call('PATCH', acme, { bearer: bearer(), body: { language: 'nl-NL' } });
  await service.call('GET', acme, { bearer: bearer() });
  await page.all('?limit=2');
  await page.setPolicy('mandatory');
  await atSettings(service, {
    userId,
    actor: 'helpdesk',
    bearer: service.keys.recovery,
  }).makePass();
  await service.call('GET', `${acme}/events`, { bearer: bearer() });
}

async function asTester(): Promise<void> {
  const tester = testClient(service);
  await tester.call('PUT', acme, { body: { policy: 'mandatory' } });
  const screen = await tester.signIn({ userId: 'tester' });
  await screen.addPhone(testNumber(0));
  await screen.code();
  await screen.advance(30);
}

async function asAnybody(): Promise<void> {
  for (const url of [
    '/test/.well-known/jwks.json',
    '/.well-known/jwks.json',
    '/health/live',
    '/health/ready',
  ])
    await service.call('GET', url);
}

/** Of all described answers with JSON that are no problems. */
function described(): string[] {
  return operations().flatMap(({ method, path, responses }) =>
    Object.entries(responses)
      .filter(([status, { content }]) => Number(status) < 300 && content?.['application/json'])
      .map(([status]) => `${method} ${path} ${status}`),
  );
}

function answered(): Set<string> {
  const lines = service.logLines.map((line) => JSON.parse(line));
  return new Set(
    lines.map(({ method, route = '', status }) => {
      return `${method} ${route.replaceAll(/:(\w+)/g, '{$1}')} ${status}`;
    }),
  );
}

test('each kind of answer has the fields that are described, and no other', async () => {
  await asScreens();
  await asEditor();
  await asUserAtSettings();
  await asAdministrator();
  await asTester();
  await asAnybody();
  const seen = answered();
  expect(described().filter((answer) => !seen.has(answer))).toEqual([]);
});

test('a field more is noticed, at any depth', async () => {
  const { body, ...head } = await service.call('GET', '/.well-known/jwks.json');
  const live = { ...head, body: { status: 'live', since: 'today' } };
  expect(answerMismatch('GET', '/health/live', live)).toContain('additional properties');
  const screen = await somebody(service).signIn();
  const { body: challenge } = await screen.look();
  const deep = { ...challenge, enrolment: { ...challenge.enrolment, secret: '1' } };
  expect(answerMismatch('GET', '/v1/challenge', { ...head, body: challenge })).toBeNull();
  expect(answerMismatch('GET', '/v1/challenge', { ...head, body: deep })).not.toBeNull();
  expect(body.keys).toHaveLength(1);
});
