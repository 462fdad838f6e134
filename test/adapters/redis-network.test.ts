/** A network that loses replies, is slow, or falls silent: a quick 503, and nothing done twice. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import { aChallenge } from '../support/challenges.ts';
import { type Network, startNetwork } from '../support/network.ts';
import {
  eventually,
  expectAllUnavailable,
  lineLog,
  type Probe,
  probe,
} from '../support/redis-probe.ts';
import { type Server, startRedis } from '../support/servers.ts';

let server: Server;
let network: Network;
let here: Probe;

beforeEach(async () => {
  server = await startRedis();
  network = await startNetwork(Number(new URL(server.url).port));
  here = probe(
    await connectRedis({ kind: 'url', url: `redis://127.0.0.1:${network.port}` }, lineLog().log),
  );
});
afterEach(async () => {
  closeRedis(here.client);
  await network.close();
  await server.stop();
});

test('a guess whose reply is lost is unavailable to the caller, and counted once', async () => {
  const challenge = await here.withCode();
  await here.works();
  network.become('reply lost');
  await expectAllUnavailable([() => here.look(challenge, 'wrong')]);
  network.become('well');
  await eventually(here.works);
  expect(await here.counted(challenge)).toBe(1);
});

test('many at once whose replies are lost are counted once each at most', async () => {
  const challenge = await here.withCode();
  network.become('reply lost');
  await expectAllUnavailable(Array.from({ length: 50 }, () => () => here.look(challenge, 'wrong')));
  network.become('well');
  await eventually(here.works);
  expect(await here.counted(challenge)).toBeLessThanOrEqual(50);
});

test('replies that take too long are not waited for; each belongs to its own command', async () => {
  const challenge = await here.withCode();
  network.become({ slowMs: 600 });
  await expectAllUnavailable(here.all(aChallenge({ userId: 'another' })));
  await expectAllUnavailable([() => here.look(challenge, 'wrong')]);
  network.become('well');
  await eventually(here.works);
  expect(await here.counted(challenge)).toBe(1);
});

test('a network that falls silent is left, and Redis found again', async () => {
  const challenge = await here.withCode();
  const closed = new Promise((resolve) => here.client.once('close', resolve));
  network.become('half-open');
  await expectAllUnavailable(here.all(challenge));
  await closed;
  await expectAllUnavailable(here.all(challenge));
  network.become('well');
  await eventually(here.works);
  expect(await here.counted(challenge)).toBe(0);
});
