/**
 * Starts what the Dockerfile would start: production dependencies only, on real Redis and PostgreSQL.
 * The real SDKs talk to fakes of the providers. Then two logins run through it. With a folder as argument,
 * it starts what that folder has, instead of building it.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { eventually, type Program, slowWorkMs } from '../test/e2e/program.ts';
import { accountSid, number } from '../test/support/fakes/channels.ts';
import { startCollector } from '../test/support/fakes/collector.ts';
import { startFakeGoogle } from '../test/support/fakes/google.ts';
import { startFakeTwilio } from '../test/support/fakes/twilio.ts';
import { freePort } from '../test/support/server-process.ts';
import { createDatabase, startPostgres, startRedis } from '../test/support/servers.ts';
import { type Backend, openBackend } from './demo/api-client.ts';
import { buildProduction, type ProductionBuild } from './production/production-build.ts';
import {
  maxIdleMegabytes,
  maxTreeMegabytes,
  memoryMegabytes,
  treeMegabytes,
} from './production/size.ts';

type Providers = {
  twilio: Awaited<ReturnType<typeof startFakeTwilio>>;
  google: Awaited<ReturnType<typeof startFakeGoogle>>;
};

const trunk = `BY${'0'.repeat(32)}`;
const device = { id: 'd-1', platform: 'android', pushToken: 'the-phone' };
const who = { organizationId: 'acme', userId: '42', app: { name: 'qaller', version: '3.2.0' } };

async function tryOut(
  production: ProductionBuild,
  providers: Providers,
  env: Settings,
): Promise<void> {
  await refusesToStart(production, env);
  await succeed(production.cli(['migrate'], env));
  const url = `http://127.0.0.1:${env.PORT}`;
  const apiKey = await createClient(production, env);
  const service = production.start(env);
  await Promise.race([untilReady(`${url}/health/ready`), failed(service)]);
  await succeed(production.checkHealth(env));
  done('the database is migrated; the service starts and is healthy');
  ok(memoryMegabytes(service.pid) <= maxIdleMegabytes, `${memoryMegabytes(service.pid)} MB idle`);
  done(`it has ${memoryMegabytes(service.pid)} MB of memory, at most ${maxIdleMegabytes}`);

  const backend = openBackend({ url, apiKey });
  await backend.saveOrganization('acme', { policy: 'mandatory' });
  await enrol(backend, providers);
  done('a user sets up a call and push, and is let in');
  await logIn(backend, providers);
  done('a second login is let in, and its result is redeemed once');

  await describesItself(url);
  done('the API is described, and shown on a page');

  equal(await service.stop('SIGTERM'), 0);
  // Google's library warns about an option that Google's own SDK uses.
  equal(service.errors.replace(/^The `keyFilename` option is deprecated.*\n/, ''), '');
  equal(service.output.includes(number), false, 'the log has a whole phone number');
  const redeemed = service.output.match(/"route":"\/v1\/results\/redeem"/g);
  equal(redeemed?.length, 3, 'each request has a line in the log, also the last ones');
  equal((await production.checkHealth(env).exit) === 0, false);
  done('SIGTERM stops it cleanly');
}

/** The bundle has all that traces need. */
async function traces(production: ProductionBuild, env: Settings): Promise<void> {
  const collector = await startCollector();
  const service = production.start({ ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  await Promise.race([untilReady(`http://127.0.0.1:${env.PORT}/health/ready`), failed(service)]);
  const bearer = { authorization: 'Bearer dck_0123456789abcdef_0' };
  await fetch(`http://127.0.0.1:${env.PORT}/v1/challenges`, { method: 'POST', headers: bearer });
  equal(await service.stop('SIGTERM'), 0);
  equal(collector.spans.at(-1)?.name, 'POST /v1/challenges');
  await collector.close();
  done('with a collector set, it gets the spans');
}

function staysSmall({ folder }: ProductionBuild): void {
  const size = treeMegabytes(folder);
  ok(size <= maxTreeMegabytes, `${size} MB`);
  done(`what ships has ${size} MB, at most ${maxTreeMegabytes}`);
}

/** The files that are read when they are asked for are there. */
async function describesItself(url: string): Promise<void> {
  const described = await fetch(`${url}/openapi.json`);
  equal(((await described.json()) as { openapi: string }).openapi, '3.1.0');
  for (const path of ['/docs', '/docs/static/swagger-ui-bundle.js'])
    equal((await fetch(`${url}${path}`)).status, 200);
}

/** The service and the command line both check that they have a database. */
async function refusesToStart(production: ProductionBuild, env: Settings): Promise<void> {
  for (const start of [production.start, (given: Settings) => production.cli(['migrate'], given)]) {
    const refused = start({ ...env, DATABASE_URL: '' });
    equal(await refused.exit, 1);
    equal(refused.errors, 'doublecheck: DATABASE_URL is missing: production needs it\n');
    equal(refused.output, '');
  }
  done('without a database, it refuses to start with one line');
}

async function createClient(production: ProductionBuild, env: Settings): Promise<string> {
  const scopes = ['--scopes', 'challenges,users,admin'];
  const output = await succeed(production.cli(['clients', 'create', 'qaller', ...scopes], env));
  return output.trimEnd().split('\n').at(-1) ?? '';
}

async function enrol(backend: Backend, { twilio, google }: Providers): Promise<void> {
  const page = await backend.start({ ...who, device });
  equal(page.challenge.status, 'enrol');
  await page.addFactor({ method: 'call', phoneNumber: number });
  const backup = await page.verify(twilio.codeFor(number) ?? '');
  equal(backup.enrolment?.step, 'backup');
  await page.addFactor({ method: 'push' });
  const { status, factors, result } = await page.verify(google.codeFor(device.pushToken) ?? '');
  equal(status, 'approved');
  deepEqual(
    factors.map(({ hint }) => hint),
    ['316*****78', 'Qaller (1)'],
  );
  const { amr } = await backend.redeem(result?.token ?? '');
  deepEqual(amr.slice(0, 3), ['pwd', 'mfa', 'otp']);
}

async function logIn(backend: Backend, { twilio }: Providers): Promise<void> {
  const page = await backend.start(who);
  equal(page.challenge.code?.delivery, 'accepted');
  equal(twilio.requests.at(-1)?.body['Byoc'], trunk);
  const { result } = await page.verify(twilio.codeFor(number) ?? '');
  const { amr } = await backend.redeem(result?.token ?? '');
  deepEqual(amr, ['pwd', 'mfa', 'otp', 'tel']);
  const again = await backend.redeem(result?.token ?? '').catch((error: Error) => error.message);
  match(String(again), /answers 409/);
}

type Settings = Record<string, string>;

function settings(database: string, redis: string, { twilio, google }: Providers): Settings {
  const fakes = {
    'api.twilio.com': twilio.connection,
    'fcm.googleapis.com': google.connection,
    'oauth2.googleapis.com': google.connection,
    'www.googleapis.com': google.connection,
  };
  return {
    DATABASE_URL: database,
    REDIS_URL: redis,
    SECRETS: `k1:${randomBytes(32).toString('base64url')}`,
    ISSUER: 'https://2fa.example',
    CALL_DENY_PREFIXES: 'none',
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: 'a-token',
    TWILIO_FROM: '+31508200000',
    TWILIO_BYOC_TRUNK_SID: trunk,
    GOOGLE_APPLICATION_CREDENTIALS: google.credentialsFile,
    FAKE_PROVIDERS: JSON.stringify(fakes),
    NODE_OPTIONS: `--import=${import.meta.resolve('./production/providers-on-loopback.ts')}`,
  };
}

async function succeed(program: Program): Promise<string> {
  equal(await program.exit, 0, program.errors);
  return program.output;
}

async function failed(service: Program): Promise<never> {
  throw new Error(`ended with ${await service.exit}: ${service.errors}`);
}

async function untilReady(url: string): Promise<void> {
  await eventually(slowWorkMs, async () => (await fetch(url).catch(() => null))?.ok ?? false);
}

function done(what: string): void {
  process.stdout.write(`✔ ${what}\n`);
}

async function main(): Promise<void> {
  await using open = new AsyncDisposableStack();
  const production = open.adopt(buildProduction(process.argv[2]), ({ remove }) => remove());
  staysSmall(production);
  const [redis, postgres, twilio, google] = await Promise.all([
    startRedis(),
    startPostgres(),
    startFakeTwilio(),
    startFakeGoogle(),
  ]);
  for (const server of [redis, postgres]) open.defer(server.stop);
  for (const fake of [twilio, google]) open.defer(fake.close);
  const providers = { twilio, google };
  const database = await createDatabase(postgres.url, 'production');
  const env = { ...settings(database, redis.url, providers), PORT: String(await freePort()) };
  await tryOut(production, providers, env);
  await traces(production, env);
}

await main();
