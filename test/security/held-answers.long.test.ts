/**
 * One token must not hurt others: however many calls its holder makes, and lets be held, the stores
 * stay free for strangers. Over real sockets, against real stores, whose work is counted.
 */
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { roomy } from '../support/limits.ts';
import { type Server, startRedis } from '../support/servers.ts';
import { enrolled, type Service, startService } from '../support/service.ts';

const attempts = 3_000;

let server: Server;
let redis: Redis;
let service: Service;
let agent: Agent;

beforeEach(async () => {
  server = await startRedis();
  redis = new Redis(server.url);
  service = await startService({
    redisUrl: server.url,
    limits: roomy,
    env: { TOKEN_USES_PER_MINUTE: '120' },
  });
  await service.organization({ policy: 'mandatory' });
  await service.app.listen({ host: '127.0.0.1', port: 0 });
  agent = new Agent({ keepAlive: true, maxSockets: 300 });
});
afterEach(async () => {
  agent.destroy();
  service.app.server.closeAllConnections();
  await service.close();
  redis.disconnect();
  await server.stop();
});

/** A look at a challenge is one HGETALL; each change of one is another. */
async function looks(): Promise<number> {
  const stats = await redis.info('commandstats');
  return Number(/cmdstat_hgetall:calls=(\d+)/.exec(stats)?.[1] ?? 0);
}

async function startLogins(number: number): Promise<string[]> {
  const tokens: string[] = [];
  for (let i = 0; i < number; i += 1)
    tokens.push((await service.start({ userId: `thief-${i}`, send: false })).body.challengeToken);
  return tokens;
}

/** What a call that waits is answered with. */
function wait(token: string): Promise<number> {
  const { port } = service.app.server.address() as AddressInfo;
  const headers = { authorization: `Bearer ${token}` };
  const target = { host: '127.0.0.1', port, path: '/v1/challenge?wait=25', headers, agent };
  return new Promise((resolve) => {
    request(target, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    })
      .on('error', () => resolve(0))
      .end();
  });
}

/** Makes all attempts, and lets a stranger sign in meanwhile. Returns what is answered at once. */
async function disturb(tokens: string[], held: number): Promise<number[]> {
  const stranger = await enrolled(service);
  const answers: number[] = [];
  const atOnce = Promise.withResolvers<void>();
  for (let i = 0; i < attempts; i += 1)
    void wait(tokens[i % tokens.length] ?? '').then((status) => {
      answers.push(status);
      if (answers.length === attempts - held) atOnce.resolve();
    });
  const login = await stranger.signIn();
  expect(login.challenge.code).not.toBeNull();
  expect((await login.enter(stranger.heard())).body.status).toBe('approved');
  await atOnce.promise;
  return answers;
}

test('3,000 attempts to wait with one token cost no more than the 120 that it is allowed', async () => {
  const tokens = await startLogins(1);
  const before = await looks();
  const answers = await disturb(tokens, 4);
  expect(answers.filter((status) => status === 200)).toHaveLength(116);
  expect(answers.filter((status) => status === 429)).toHaveLength(attempts - 120);
  // The stranger's own among them.
  expect((await looks()) - before).toBeLessThan(250);
});

test('3,000 attempts to wait, over many challenges, share their looks', async () => {
  const tokens = await startLogins(30);
  const before = await looks();
  const answers = await disturb(tokens, 30 * 4);
  expect(answers.filter((status) => status !== 200)).toEqual([]);
  expect((await looks()) - before).toBeLessThan(attempts / 2);
});
