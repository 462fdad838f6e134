/** PostgreSQL, Redis and webhooks behind a certificate that only an authority of one's own signed. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Client } from 'pg';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { makeOwnCa, type OwnCa } from '../support/own-ca.ts';
import { freePort } from '../support/server-process.ts';
import { createDatabase, startPostgres, startRedis } from '../support/servers.ts';
import { root, run, slowWorkMs } from './program.ts';

jest.setTimeout(3 * slowWorkMs);

const open = new AsyncDisposableStack();
let own: OwnCa;
let env: Record<string, string>;

beforeAll(async () => {
  own = makeOwnCa();
  const tlsPort = await freePort();
  const tls = `--tls-port ${tlsPort} --tls-cert-file ${own.certificate} --tls-key-file ${own.key}`;
  const more = `--tls-ca-cert-file ${own.ca} --tls-auth-clients no`;
  const [postgres, redis] = await Promise.all([
    startPostgres(),
    startRedis(`${tls} ${more}`.split(' ')),
  ]);
  open.defer(postgres.stop);
  open.defer(redis.stop);
  const database = await createDatabase(postgres.url, 'private');
  await migratePostgres(database);
  await turnTlsOn(postgres.url);
  const url = new URL(database);
  url.hostname = 'localhost';
  url.searchParams.set('sslmode', 'verify-full');
  env = { DATABASE_URL: url.href, REDIS_URL: `rediss://localhost:${tlsPort}` };
});
afterAll(() => open.disposeAsync());

async function turnTlsOn(url: string): Promise<void> {
  const admin = new Client({ connectionString: url });
  await admin.connect();
  await admin.query(`ALTER SYSTEM SET ssl_cert_file = '${own.certificate}'`);
  await admin.query(`ALTER SYSTEM SET ssl_key_file = '${own.key}'`);
  await admin.query('ALTER SYSTEM SET ssl = on');
  await admin.query('SELECT pg_reload_conf()');
  await admin.end();
}

async function doctor(trust: Record<string, string>): Promise<string[]> {
  const program = run('src/cli.ts', ['doctor'], { cwd: root, env: { ...env, ...trust } });
  await program.exit;
  return program.output.split('\n').filter((line) => line.startsWith('✘'));
}

describe('stores', () => {
  test('are reached with NODE_EXTRA_CA_CERTS', async () => {
    expect(await doctor({ NODE_EXTRA_CA_CERTS: own.ca })).toEqual([]);
  });

  test('are refused without it', async () => {
    expect(await doctor({})).toEqual([
      expect.stringMatching(/^✘ DATABASE_URL: .*certificate/),
      expect.stringMatching(/^✘ Redis does not answer/),
    ]);
  });

  test('PostgreSQL alone: with sslrootcert in its URL', async () => {
    const url = new URL(env['DATABASE_URL'] ?? '');
    url.searchParams.set('sslrootcert', own.ca);
    const lines = await doctor({ DATABASE_URL: url.href });
    expect(lines).toEqual([expect.stringMatching(/^✘ Redis does not answer/)]);
  });
});

test('a webhook is delivered with NODE_EXTRA_CA_CERTS, and not without it', async () => {
  const received: string[] = [];
  const files = { cert: readFileSync(own.certificate), key: readFileSync(own.key) };
  const server = createServer(files, (request, response) => {
    received.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const send = `
    import { webhookSender } from '${root}/src/adapters/webhooks/webhook-sender.ts';
    await webhookSender({ insideToo: true }).send({
      id: '1', url: 'https://localhost:${port}/hook', secret: 'whsec_' + btoa('0'.repeat(24)),
      webhookId: 'msg_1', attempts: 0, createdAt: new Date(),
      payload: { type: 'user.locked', timestamp: new Date().toISOString(), data: {} },
    });`;
  const deliver = (trust: Record<string, string>) =>
    run(process.execPath, ['--input-type=module', '-e', send], { cwd: root, env: trust }).exit;
  expect(await deliver({})).toBe(1);
  expect(received).toEqual([]);
  expect(await deliver({ NODE_EXTRA_CA_CERTS: own.ca })).toBe(0);
  expect(received).toEqual(['/hook']);
  server.close();
});
