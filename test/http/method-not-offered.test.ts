/** A method that the operator takes out of METHODS is offered no more, and nobody meets 502 for it. */
import { expect, test } from '@jest/globals';
import { freshDatabase } from '../support/servers.ts';
import {
  enrolled,
  problem,
  randomSecret,
  type Service,
  signIn,
  startService,
} from '../support/service.ts';

const device = (id: string) => ({ id, platform: 'ios', pushToken: `token-${id}` });

/** The same users, before and after the operator takes `call` out. */
async function withoutCalls(
  work: (before: Service, after: () => Promise<Service>) => Promise<void>,
) {
  const databaseUrl = await freshDatabase();
  const secrets = [randomSecret('k1')] as const;
  const before = await startService({ databaseUrl, secrets });
  await before.organization({ policy: 'mandatory' });
  const after = () => startService({ databaseUrl, secrets, env: { METHODS: 'push' } });
  const open: Service[] = [before];
  try {
    await work(before, async () => {
      const service = await after();
      open.push(service);
      return service;
    });
  } finally {
    for (const service of open) await service.close();
  }
}

test('with a factor of another method gets a code there, and without one gets the reason', async () => {
  await withoutCalls(async (before, openAfter) => {
    const lost = await enrolled(before);
    const both = await signIn(before, { userId: 'both', device: device('d-1') });
    await both.addPhone('+31611111111');
    await both.enter(before.twilio.codeFor('+31611111111'));
    const pushed = await both.addPush();
    expect(pushed.status).toBe(201);
    await both.enter(before.google.codeFor('token-d-1'));

    const service = await openAfter();
    const lucky = await signIn(service, { userId: 'both' });
    expect(lucky.challenge.code).toMatchObject({ method: 'push', delivery: 'accepted' });

    const stuck = await signIn(service, { userId: lost.userId });
    expect(stuck.challenge).toMatchObject({ status: 'verify', code: null });
    expect(await stuck.send()).toMatchObject(problem(422, 'destination-not-allowed'));
    expect(service.twilio.requests).toEqual([]);

    const body = { policy: 'mandatory' };
    const url = '/v1/organizations/acme?dryRun=true';
    const dryRun = await service.call('PUT', url, { bearer: service.keys.panel, body });
    expect(dryRun.body.impact).toMatchObject({ usersWithoutOfferedFactor: 1 });
    expect(await service.directory.users.countWithout(['push'])).toBe(1);
  });
});
