/** Nothing blocks a stop for ever: no caller, no store and no fault. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { type Deployment, deploy } from '../support/deployment.ts';
import { openRawConnection, rawRequest } from '../support/raw-connection.ts';
import { type Replica, startReplica } from '../support/replica.ts';
import { createDatabase, type Server, startPostgres, startRedis } from '../support/servers.ts';

let deployment: Deployment;
let postgres: Server;
let redis: Server;
const replicas: Replica[] = [];

beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  const databaseUrl = await createDatabase(postgres.url, 'own');
  await migratePostgres(databaseUrl);
  deployment = await deploy(databaseUrl, redis.url);
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.kill()));
  await Promise.all([postgres.stop(), redis.stop()]);
});

async function started(env: Record<string, string> = {}) {
  const printed: string[] = [];
  const settings = { ...deployment.env, DRAIN_SECONDS: '0', ...env };
  const replica = await startReplica(settings, (connection) => printed.push(connection));
  replicas.push(replica);
  return { replica, printed };
}

test.concurrent('a caller who says nothing does not', async () => {
  const { replica } = await started();
  const connection = await openRawConnection(replica.url);
  replica.signal('SIGTERM');
  expect(await replica.exit).toBe(0);
  expect(await connection.closed).toBe('');
});

test.concurrent('work that never ends is given up after 15 seconds, with a log line and code 1', async () => {
  const preload = 'import net from "node:net"; net.Server.prototype.close = function () {}';
  const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(preload)}`;
  const { replica, printed } = await started({ NODE_OPTIONS });
  replica.signal('SIGTERM');
  expect(await replica.exit).toBe(1);
  expect(printed.at(-1)).toContain('stopping took too long');
});

test('frozen stores do not, and callers that wait for them get the truth', async () => {
  const { replica } = await started();
  const connection = await openRawConnection(replica.url);
  postgres.pause();
  redis.pause();
  const headers = { authorization: `Bearer ${deployment.apiKey}`, 'x-actor': '42' };
  connection.send(rawRequest('GET', '/v1/organizations/acme/users/42', headers));
  replica.signal('SIGTERM');
  expect(await replica.exit).toBe(0);
  expect(await connection.closed).toMatch(/^HTTP\/1.1 503 .*retry-after: /is);
  redis.resume();
  postgres.resume();
});
