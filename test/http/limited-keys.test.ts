/** A key limited to organizations, and scopes: what is out of reach is as if it were not there. */
import { expect, test } from '@jest/globals';
import { createApiKey } from '../../src/domain/secrets/api-key.ts';
import { anEntry } from '../support/people.ts';
import { enrolled, problem, signIn, useService } from '../support/service.ts';

const service = useService();

const makeKey = (scopes: string[], organizations: string[] | null = null) =>
  createApiKey(
    service.directory.clients,
    { name: 'company-panel', scopes, organizations },
    () => anEntry,
  );

const everything = ['challenges', 'users', 'admin', 'recovery'];
const notFound = problem(404, 'not-found');

type Paths = Record<string, Record<string, { security?: object[] }>>;

/** Every call with an organization in its address, to `beta`. */
async function callsToBeta(): Promise<[method: string, url: string][]> {
  const { body } = await service.call('GET', '/openapi.json');
  return Object.entries(body.paths as Paths)
    .filter(([path]) => path.includes('{organizationId}'))
    .flatMap(([path, methods]) =>
      Object.keys(methods).map((method): [string, string] => {
        const url = path.replace('{organizationId}', 'beta').replace(/\{\w+\}/g, '42');
        return [method.toUpperCase(), url];
      }),
    );
}

test('to a limited key every other organization does not exist, on any call', async () => {
  await service.organization({ policy: 'off' }, 'beta');
  const bearer = await makeKey(everything, ['acme']);
  const calls = await callsToBeta();
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

test.each([
  ['GET', '/v1/organizations/acme', 'admin', ['challenges', 'users', 'recovery']],
  ['GET', '/v1/organizations/acme/users/42', 'users', ['challenges', 'admin', 'recovery']],
  ['POST', '/v1/challenges', 'challenges', ['users', 'admin', 'recovery']],
])('%s %s names the scope %s that a key lacks', async (method, url, scope, scopes) => {
  const bearer = await makeKey(scopes);
  const body = method === 'POST' ? {} : undefined;
  const answer = await service.call(method, url, { bearer, body });
  expect(answer).toMatchObject(problem(403, 'forbidden'));
  expect(answer.body.detail).toContain(`\`${scope}\``);
});
