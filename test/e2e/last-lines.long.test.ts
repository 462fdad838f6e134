/** In production, lines of the log are written together. However the service ends, none is missing. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { freePort } from '../support/server-process.ts';
import { createDatabase, type Server, startPostgres, startRedis } from '../support/servers.ts';
import { randomSecret } from '../support/service.ts';
import { eventually, type Program, root, run, slowWorkMs } from './program.ts';

let postgres: Server;
let redis: Server;
let settings: Record<string, string>;

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const databaseUrl = await createDatabase(postgres.url, 'own');
  await migratePostgres(databaseUrl);
  settings = {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    REDIS_URL: redis.url,
    SECRETS: `k1:${randomSecret('k1').bytes.toString('base64url')}`,
    ISSUER: 'https://2fa.example',
    METHODS: 'call',
    CALL_DENY_PREFIXES: 'none',
    TWILIO_ACCOUNT_SID: `AC${'a1'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'a-token',
    TWILIO_FROM: '+31508200000',
    DRAIN_SECONDS: '0',
  };
});
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()]);
});

/** Throws an error that nobody catches at SIGUSR2. */
const fatal = 'process.on("SIGUSR2", () => { throw new Error("out of the blue") })';

/** Starts it, and sends a request whose line is in memory when the signal comes. */
async function endBy(signal: NodeJS.Signals): Promise<{ code: number | null; lines: object[] }> {
  const PORT = String(await freePort());
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(fatal)}`;
  const service = run('src/main.ts', [], { cwd: root, env: { ...settings, PORT, NODE_OPTIONS } });
  const url = `http://127.0.0.1:${PORT}`;
  await Promise.race([
    eventually(slowWorkMs, async () => (await fetch(url).catch(() => null)) !== null),
    failed(service),
  ]);
  // Health checks are in the log at debug only.
  await fetch(`${url}/problems/locked`);
  const code = await service.stop(signal);
  return {
    code,
    lines: service.output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  };
}

async function failed(service: Program): Promise<never> {
  throw new Error(`ended with ${await service.exit}: ${service.errors}`);
}

const answered = expect.objectContaining({
  msg: 'answered',
  route: '/problems/:name',
  status: 200,
});

test.each(['SIGTERM', 'SIGINT'] as const)('after %s', async (signal) => {
  const { code, lines } = await endBy(signal);
  expect(code).toBe(0);
  expect(lines.slice(-2)).toEqual([answered, expect.objectContaining({ msg: 'stopping', signal })]);
});

test('after an error that nobody caught', async () => {
  const { code, lines } = await endBy('SIGUSR2');
  expect(code).toBe(1);
  const err = expect.objectContaining({ message: 'out of the blue' });
  expect(lines.slice(-2)).toEqual([answered, expect.objectContaining({ level: 60, err })]);
});
