/** A start without its stores: one line for each of them, and none for each request. */
import { randomBytes } from 'node:crypto';
import { afterAll, expect, jest, test } from '@jest/globals';
import { freePort } from '../support/server-process.ts';
import { emptyFolder, eventually, run, slowWorkMs } from './program.ts';

jest.setTimeout(slowWorkMs);

const { folder, remove } = emptyFolder();
afterAll(remove);

type Line = { level: number; msg: string };

test('without Redis and PostgreSQL it is up, not ready, and logs one line for each', async () => {
  const port = String(await freePort());
  const env = {
    NODE_ENV: 'production',
    PORT: port,
    DATABASE_URL: 'postgresql://127.0.0.1:1/doublecheck',
    REDIS_URL: 'redis://127.0.0.1:1',
    SECRETS: `k1:${randomBytes(32).toString('base64url')}`,
    ISSUER: 'https://2fa.example',
    CALL_DENY_PREFIXES: 'none',
    METHODS: 'call',
    TWILIO_ACCOUNT_SID: `AC${'a1'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'token',
    TWILIO_FROM: '+31508200000',
  };
  const service = run('src/main.ts', [], { cwd: folder, env });
  const ask = (path: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer dck_${'0'.repeat(16)}_${'A'.repeat(43)}` },
    }).catch(() => null);
  await eventually(slowWorkMs, async () => (await ask('/health/live'))?.status === 200);
  for (let i = 0; i < 5; i += 1) {
    expect((await ask('/health/ready'))?.status).toBe(503);
    expect((await ask('/v1/organizations/acme'))?.status).toBe(503);
  }
  await service.until(/PostgreSQL is away/);
  await service.stop();
  expect(service.errors).toBe('');
  expect(service.output).not.toContain('stack');
  const lines = service.output.trim().split('\n');
  const troubles = lines.map((line): Line => JSON.parse(line)).filter(({ level }) => level >= 40);
  expect(troubles.map(({ msg }) => msg).sort()).toEqual(['PostgreSQL is away', 'Redis is away']);
});
