/** A key limited to organizations, and scopes: what is out of reach is as if it were not there. */
import { expect, test } from '@jest/globals';
import { nameIn } from '../../src/domain/mode.ts';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { operations } from '../support/description.ts';
import { anEntry } from '../support/people.ts';
import { enrolled, problem, signIn, useService } from '../support/service.ts';

const service = useService();

const makeKey = (scopes: string[], organizations: string[] | null = null, name = 'company-panel') =>
  createApiKey(service.directory.clients, { name, scopes, organizations }, () => anEntry);

const everything = ['challenges', 'users', 'admin', 'recovery'];
const notFound = problem(404, 'not-found');

/** Every call with an organization in its address, to `beta`. */
function callsToBeta(): [method: string, url: string][] {
  return operations()
    .filter(({ path }) => path.includes('{organizationId}'))
    .map(({ method, path }) => {
      const url = path.replace('{organizationId}', 'beta').replace(/\{\w+\}/g, '42');
      return [method, url];
    });
}

test('to a limited key every other organization does not exist, on any call', async () => {
  await service.organization({ policy: 'off' }, 'beta');
  const bearer = await makeKey(everything, ['acme']);
  const calls = callsToBeta();
  expect(calls.length).toBeGreaterThan(10);
  for (const [method, url] of calls) {
    const answer = await service.call(method, url, { bearer, headers: { 'x-actor': '42' } });
    expect([method, url, answer]).toMatchObject([method, url, notFound]);
  }
  const { panel } = service.keys;
  const still = await service.call('GET', '/v1/organizations/beta', { bearer: panel });
  expect(still).toMatchObject({ status: 200, body: { policy: 'off' } });
});

test('a limited key starts no challenge in another organization', async () => {
  const bearer = await makeKey(everything, ['acme']);
  const start = (organizationId: string) => service.start({ organizationId }, { bearer });
  expect(await start('beta')).toMatchObject(notFound);
  expect((await start('acme')).status).toBe(201);
});

test('a limited key redeems no result of another organization, and does not use it up', async () => {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const { token } = (await screen.enter(user.heard())).body.result;
  const redeem = (bearer: string) =>
    service.call('POST', '/v1/results/redeem', { bearer, body: { token } });
  expect(await redeem(await makeKey(everything, ['beta']))).toMatchObject(notFound);
  expect((await redeem(await makeKey(everything, ['beta', 'acme']))).status).toBe(200);
});

test('a key limited to nothing reaches nothing', async () => {
  const bearer = await makeKey(everything, []);
  expect(await service.call('GET', '/v1/organizations/acme', { bearer })).toMatchObject(notFound);
});

test('a limited key works as usual in its own organizations', async () => {
  const bearer = await makeKey(everything, ['acme', 'gamma']);
  const put = { bearer, body: { policy: 'off' } };
  expect((await service.call('PUT', '/v1/organizations/gamma', put)).status).toBe(201);
  expect((await service.call('GET', '/v1/organizations/acme', { bearer })).status).toBe(200);
  expect((await signIn(service, {}, { bearer })).challenge.status).toBe('enrol');
});

const withKey = operations().filter(({ door }) => door === 'apiKey');

test.each(withKey)('$method $path names the scope $scope that a key lacks', async (operation) => {
  const { method, path, scope } = operation;
  const others = everything.filter((one) => one !== scope);
  expect(others).toHaveLength(everything.length - 1);
  const url = path.replace('{organizationId}', 'acme').replace(/\{\w+\}/g, '42');
  // A live key does not even hear that these exist.
  const mode = path.startsWith('/v1/test/') ? 'test' : 'live';
  const bearer = await makeKey(others, null, nameIn(mode, 'some'));
  const answer = await service.call(method, url, { bearer, headers: { 'x-actor': '42' } });
  expect(answer).toMatchObject(problem(403, 'forbidden'));
  expect(answer.body.detail).toBe(`The API key lacks the scope \`${scope}\`.`);
});
