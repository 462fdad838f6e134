/** What the service relies on in ioredis without its documentation promising it. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import {
  clientOptions,
  loginAnswerMs,
} from '../../src/adapters/redis/connection/client-options.ts';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { openCluster } from '../../src/adapters/redis/connection/cluster.ts';
import { connectionLog } from '../../src/adapters/redis/connection/connection-log.ts';
import { connectors } from '../../src/adapters/redis/connection/connectors.ts';
import { ask } from '../support/redis-members.ts';
import { lineLog } from '../support/redis-probe.ts';
import { freePort } from '../support/server-process.ts';
import { type Server, startRedis } from '../support/servers.ts';

let server: Server;
beforeEach(async () => {
  server = await startRedis();
});
afterEach(() => server.stop());

const next = (client: Redis, event: string) =>
  new Promise<void>((resolve) => client.once(event, () => resolve()));

describe('the connector of a client', () => {
  test('is asked about the INFO of each connection, and with a no nothing is sent', async () => {
    const checked: { info: object; status: string }[] = [];
    const client: Redis = new Redis(server.url, {
      ...clientOptions(loginAnswerMs),
      retryStrategy: () => 1,
      Connector: connectors((info) => {
        checked.push({ info, status: client.status });
        return checked.length > 2;
      }).Standalone,
    });
    client.on('error', () => {});
    const early = client.get('early').catch((refused: Error) => refused.message);
    await next(client, 'ready');
    expect(checked).toHaveLength(3);
    for (const { info, status } of checked) {
      expect(info).toMatchObject({ role: 'master', maxmemory_policy: 'noeviction' });
      expect(status).toBe('connect');
    }
    expect(await early).toMatch(/isn't writeable/);
    expect(await client.info('commandstats')).not.toContain('cmdstat_get');
    closeRedis(client);
  });

  test('is asked too by the connection to each server of a cluster', async () => {
    const one = await startRedis([
      '--cluster-enabled',
      'yes',
      '--cluster-port',
      String(await freePort()),
    ]);
    await ask(one, 'CLUSTER ADDSLOTSRANGE 0 16383');
    const { port } = new URL(one.url);
    const nodes = [{ host: '127.0.0.1', port: Number(port) }];
    const asked = Promise.withResolvers<void>();
    const check = () => {
      asked.resolve();
      return false;
    };
    const log = connectionLog(lineLog().log);
    const cluster = openCluster({ kind: 'cluster', nodes }, check, log, loginAnswerMs);
    await asked.promise;
    await expect(cluster.get('early')).rejects.toThrow();
    expect(await ask(one, 'INFO commandstats')).not.toContain('cmdstat_get');
    closeRedis(cluster);
    await one.stop();
  });
});

describe('a client that is closed says so once', () => {
  test.each<[state: string, reach: (client: Redis) => Promise<void>]>([
    ['connected', (client) => next(client, 'ready')],
    ['connecting', async () => {}],
    ['about to connect again', (client) => next(client, 'reconnecting')],
  ])('%s', async (state, reach) => {
    const url = state === 'about to connect again' ? 'redis://127.0.0.1:1' : server.url;
    const client = new Redis(url, { ...clientOptions(loginAnswerMs), retryStrategy: () => 10_000 });
    client.on('error', () => {});
    await reach(client);
    let ends = 0;
    client.on('end', () => {
      ends += 1;
    });
    const ended = next(client, 'end');
    closeRedis(client);
    await ended;
    await new Promise((resolve) => setImmediate(resolve));
    expect(ends).toBe(1);
  });
});
