/** An operator helps users on the command line, by the rules of the API and with entries in the trail. */
import { describe, expect, test } from '@jest/globals';
import { root, run } from '../e2e/program.ts';
import { commandLine } from '../support/command-line.ts';
import { eventsOf, untilLocked } from '../support/guessing.ts';
import { startNetwork } from '../support/network.ts';
import { enrolled, somebody, useService } from '../support/service.ts';
import { atSettings } from '../support/settings-page.ts';
import { testClient, testNumber } from '../support/test-mode.ts';

const service = useService();
const cli = (...args: string[]) => commandLine(service)(...args);
const users = (command: string, userId: string, ...more: string[]) =>
  cli('users', command, 'acme', userId, ...more);

const asAdmin = (userId: string) =>
  atSettings(service, { userId, actor: 'boss', bearer: service.keys.panel });

const byAnn = (type: string, details: object = {}) =>
  expect.objectContaining({ type, actor: 'ann', client: null, details });

/** The program, with the settings of the service and Google's fake. */
async function asShipped(args: string[], stores: Record<string, string> = {}) {
  const [{ kid, bytes }] = service.secrets;
  const { google } = service;
  const hosts = ['fcm.googleapis.com', 'oauth2.googleapis.com', 'www.googleapis.com'];
  const fakes = Object.fromEntries(hosts.map((host) => [host, google.connection]));
  const env = {
    DATABASE_URL: service.databaseUrl,
    REDIS_URL: service.redisUrl,
    ...stores,
    SECRETS: `${kid}:${bytes.toString('base64url')}`,
    GOOGLE_APPLICATION_CREDENTIALS: google.credentialsFile,
    FAKE_PROVIDERS: JSON.stringify(fakes),
    NODE_OPTIONS: `--import=${root}/scripts/production/providers-on-loopback.ts`,
  };
  const program = run('src/cli.ts', args, { cwd: root, env });
  return [await program.exit, program.errors];
}

describe('users show', () => {
  test('has what the API has, and no whole number', async () => {
    const user = await enrolled(service);
    const { exitCode, output } = await users('show', user.userId, '--json');
    const { body } = await asAdmin(user.userId).read();
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toEqual({ ...body, mode: 'live', seen: true });
    const { output: text } = await users('show', user.userId);
    expect(text).toMatch(/: policy mandatory\nfactor .* call 316\*{5}\d\d {2}primary/);
    expect(text).not.toContain(user.phone);
  });

  test('says of somebody new that they were not seen, and knows no unknown organization', async () => {
    expect((await users('show', 'new-one')).output).toMatch(/not seen yet/);
    expect(await cli('users', 'show', 'nowhere', '1')).toMatchObject({
      exitCode: 1,
      errors: 'doublecheck: nowhere is no organization: see orgs list\n',
    });
  });
});

describe('users unlock', () => {
  test('lifts a lock, run as the program that ships, and names who did it', async () => {
    const user = await enrolled(service);
    await untilLocked(user);
    expect((await user.signIn()).challenge.status).toBe('locked');
    expect(await asShipped(['users', 'unlock', 'acme', user.userId])).toEqual([0, '']);
    const screen = await user.signIn();
    expect((await screen.enter(user.heard())).body.status).toBe('approved');
    const [event] = await eventsOf(service, user.userId, 'user.unlocked');
    expect(event).toMatchObject({ actor: expect.stringMatching(/./), client: null });
  });

  test('waits longer for its stores than a login does', async () => {
    const user = await enrolled(service);
    await untilLocked(user);
    const slow = async (url: string) => {
      const network = await startNetwork(Number(new URL(url).port));
      network.become({ slowMs: 500 });
      const there = new URL(url);
      there.port = String(network.port);
      return { there: there.href, close: network.close };
    };
    const [database, redis] = await Promise.all([
      slow(service.databaseUrl),
      slow(service.redisUrl),
    ]);
    const unlock = ['users', 'unlock', 'acme', user.userId];
    const stores = { DATABASE_URL: database.there, REDIS_URL: redis.there };
    expect(await asShipped(unlock, stores)).toEqual([0, '']);
    expect((await user.signIn()).challenge.status).toBe('verify');
    await Promise.all([database.close(), redis.close()]);
  });

  test.each(['unlock', 'reset'])(
    '%s refuses a user who is not there, without a trace',
    async (command) => {
      const { exitCode, errors } = await users(
        command,
        'misspelt',
        ...(command === 'reset' ? ['--yes'] : []),
      );
      expect([exitCode, errors]).toEqual([1, 'doublecheck: acme has no user misspelt\n']);
      expect(await eventsOf(service, 'misspelt')).toEqual([]);
    },
  );
});

test.each([['unlock'], ['reset', '--yes']])(
  '%s does not pretend where Redis is not set',
  async (name, ...more) => {
    const { userId } = await enrolled(service);
    const apart = commandLine(service, { reachesStore: false });
    const refused = await apart('users', name, 'acme', userId, ...more);
    expect(refused).toMatchObject({
      exitCode: 1,
      errors: expect.stringMatching(/^doublecheck: REDIS_URL is missing/),
    });
    expect(await eventsOf(service, userId, 'user.unlocked')).toEqual([]);
  },
);

describe('users reset', () => {
  async function withDevice() {
    const user = await enrolled(service);
    const pushToken = `reset-${user.userId}`;
    const device = { id: 'd-1', platform: 'ios', pushToken };
    await (await user.signIn({ device })).enter(user.heard());
    const noticesSent = (): string[] =>
      service.google.requests
        .map(({ body }) => body.message as { token: string; data: { about?: string } })
        .filter(({ token, data }) => token === pushToken && data.about === 'factors-reset')
        .map(({ data }) => data.about ?? '');
    return { user, noticesSent };
  }

  const factorsOf = async (userId: string) => (await asAdmin(userId).list()).body.items.length;

  test('does nothing without a yes', async () => {
    const { userId } = await enrolled(service);
    const nobody = await users('reset', userId);
    expect([nobody.exitCode, nobody.errors]).toEqual([2, expect.stringMatching(/needs --yes/)]);
    const no = await commandLine(service, { answer: false })('users', 'reset', 'acme', userId);
    expect([no.exitCode, no.errors]).toEqual([1, 'doublecheck: nothing was changed\n']);
    expect(await factorsOf(userId)).toBe(1);
  });

  test.each([
    ['a yes at the terminal', true, []],
    ['--yes', null, ['--yes']],
  ])(
    'with %s removes factors, ends open logins, and tells the devices',
    async (_, answer, more) => {
      const { user, noticesSent } = await withDevice();
      const screen = await user.signIn();
      const asked = commandLine(service, { answer });
      const { exitCode, output } = await asked('users', 'reset', 'acme', user.userId, ...more);
      expect([exitCode, output]).toEqual([0, expect.stringMatching(/: 1 were removed\n$/)]);
      expect(await factorsOf(user.userId)).toBe(0);
      expect((await screen.enter(user.heard())).status).toBe(401);
      expect(await eventsOf(service, user.userId, 'factors.reset')).toEqual([
        byAnn('factors.reset', { removed: 1 }),
      ]);
      await service.google.until(() => noticesSent().length > 0);
      expect(noticesSent()).toEqual(['factors-reset']);
    },
  );

  test('run as the program that ships, it ends once the devices were told', async () => {
    const { user, noticesSent } = await withDevice();
    expect(await asShipped(['users', 'reset', 'acme', user.userId, '--yes'])).toEqual([0, '']);
    expect(noticesSent()).toEqual(['factors-reset']);
  });
});

describe('users pass', () => {
  test('makes a pass that lets its user in once, is in the trail, and never shown again', async () => {
    const user = await enrolled(service);
    const { exitCode, output } = await users('pass', user.userId, '--minutes', '30');
    const [said = '', made = ''] = output.split('\n');
    expect([exitCode, said]).toEqual([0, expect.stringMatching(/it is shown this once:$/)]);
    const screen = await user.signIn();
    expect((await screen.prove({ pass: made })).body.status).toBe('approved');
    expect(await eventsOf(service, user.userId, 'pass.created')).toEqual([
      byAnn('pass.created', { minutes: 30 }),
    ]);
    expect((await users('show', user.userId)).output).not.toContain(made);
  });

  test('is for nobody of one’s own', async () => {
    const user = await enrolled(service);
    const own = commandLine(service, { account: user.userId });
    const refused = await own('users', 'pass', 'acme', user.userId);
    expect(refused).toMatchObject({ exitCode: 1, output: '' });
    expect(refused.errors).toMatch(/Nobody makes or removes a pass of their own/);
    expect(await eventsOf(service, user.userId, 'pass.')).toEqual([]);
  });

  test('as JSON, also for a user who was not seen yet', async () => {
    const { userId } = somebody(service);
    const { output } = await users('pass', userId, '--json');
    expect(JSON.parse(output)).toEqual({
      organizationId: 'acme',
      userId,
      mode: 'live',
      seen: false,
      pass: expect.stringMatching(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/),
      expiresAt: expect.stringMatching(/Z$/),
    });
  });
});

test('with --test, a command touches the user of test mode alone', async () => {
  const user = await enrolled(service);
  const client = testClient(service);
  await client.call('PUT', '/v1/organizations/acme', { body: { policy: 'mandatory' } });
  await client.enrol(user.userId, testNumber(0));
  const shown = JSON.parse((await users('show', user.userId, '--test', '--json')).output);
  expect(shown).toMatchObject({ organizationId: 'acme', mode: 'test' });
  expect(shown.factors).toEqual([expect.objectContaining({ hint: '999*****00' })]);
  expect((await users('reset', user.userId, '--test', '--yes')).exitCode).toBe(0);
  const live = JSON.parse((await users('show', user.userId, '--json')).output);
  expect(live.factors).toHaveLength(1);
  expect(await eventsOf(service, user.userId, 'factors.reset')).toEqual([]);
});
