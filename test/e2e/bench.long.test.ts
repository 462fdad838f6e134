/** What the benchmark measures is a login. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { measureRoutes } from '../../bench/compare/routes.ts';
import { type Bench, openBench } from '../../bench/servers/open.ts';
import type { Server } from '../../bench/servers/server.ts';
import { logIn } from '../../bench/shared/load.ts';

const take = ['Doublecheck', 'traced', 'dressed floor', 'bare floor'] as const;
const open = new AsyncDisposableStack();
let bench: Bench;

beforeAll(async () => {
  bench = await openBench({ people: 100, take }, open);
});

afterAll(() => open.disposeAsync());

function find(name: Server['name']): Server {
  const server = bench.servers.find((one) => one.name === name);
  if (!server) throw new Error(`${name} was not started`);
  return server;
}

test.each(take)('somebody signs in at the %s', async (name) => {
  const [person] = bench.people;
  if (!person) throw new Error('nobody is there');
  const timing = await logIn(find(name), person);
  expect(Object.keys(timing)).toEqual(['start', 'verify', 'redeem']);
});

test.each(take)('the %s refuses wrong codes, and nothing else', async (name) => {
  const queue = bench.people.values();
  const next = () => queue.next().value as (typeof bench.people)[number];
  const watched = { server: find(name), postgresPid: bench.postgres.pid };
  const routes = await measureRoutes(watched, { next }, 4);
  expect(routes).toHaveProperty('wrong code');
  const failed = Object.entries(routes).filter(([, route]) => route.failed > 0);
  expect(failed).toEqual([]);
});
