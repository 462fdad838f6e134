import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createDatabase, startRedis } from '../../test/support/servers.ts';
import { type Person, people } from '../shared/people.ts';
import { type Postgres, startPostgres } from '../shared/postgres.ts';
import {
  floorProgram,
  floorSteps,
  prepareCheckout,
  root,
  type Stores,
  servicePrograms,
  serviceSteps,
} from './doublecheck.ts';
import { openHttp } from './http.ts';
import { authJsSteps, betterAuthSteps } from './peer-steps.ts';
import { installPeers, preparePeer } from './peers.ts';
import type { Server, ServerName, StepsOf } from './server.ts';
import { type Program, startServer } from './server-process.ts';

/** All servers of the comparison, and what they run on. */
export type Bench = { postgres: Postgres; servers: Server[]; people: Person[] };

export type Options = {
  people: number;
  /** The folder of another checkout of the service. */
  against: string | null;
  /** Whether other products take part. */
  peers: boolean;
  /** Whether PostgreSQL waits for its disk at each commit. */
  fsync: boolean;
};

type Opening = { postgres: Postgres; logs: string; people: Person[]; open: AsyncDisposableStack };

export async function openBench(options: Options, open: AsyncDisposableStack): Promise<Bench> {
  const postgres = await startPostgres([`fsync=${options.fsync ? 'on' : 'off'}`]);
  open.defer(postgres.stop);
  const logs = mkdtempSync(join(tmpdir(), 'doublecheck-bench-'));
  open.defer(() => rmSync(logs, { recursive: true, force: true }));
  const opening = { postgres, logs, people: people(options.people), open };
  const prepared = [
    await prepareService('today', root, opening),
    ...(options.against ? [await prepareService('before', options.against, opening)] : []),
    await prepareFloor('dressed', opening),
    await prepareFloor('bare', opening),
    ...(options.peers ? await preparePeers(opening) : []),
  ];
  const servers: Server[] = [];
  for (const one of prepared) {
    const server = await start(one);
    open.defer(server.stop);
    servers.push(server);
  }
  return { postgres, servers, people: opening.people };
}

/** What a server needs to be started. */
export type Prepared = Pick<Server, 'name' | 'program' | 'shipped' | 'stepsOf' | 'redis'>;

export async function start(prepared: Prepared): Promise<Server> {
  const server = await startServer(prepared.program);
  const http = openHttp(server.url);
  const steps = prepared.stepsOf({ http, url: server.url, codes: server.codes });
  let stopped: Promise<void> | null = null;
  const stop = () => {
    stopped ??= http.close().then(server.stop);
    return stopped;
  };
  return { ...prepared, process: server, steps, stop };
}

async function prepareService(
  name: ServerName,
  folder: string,
  opening: Opening,
): Promise<Prepared> {
  const { redis, ...stores } = await openStores(name, opening);
  const checkout = await prepareCheckout(folder, stores, opening.people);
  const programs = servicePrograms(checkout, logOf(name, opening));
  return { name, ...programs, stepsOf: serviceSteps(checkout), redis };
}

/** A floor has the tables and the people of the service: its database is a copy, made while nobody uses it. */
async function prepareFloor(kind: 'bare' | 'dressed', opening: Opening): Promise<Prepared> {
  const name = `${kind} floor` as const;
  const { redis, ...stores } = await openStores(name, opening, 'today');
  return same(
    { name, redis, stepsOf: floorSteps },
    floorProgram(kind, stores, logOf(name, opening)),
  );
}

async function preparePeers(opening: Opening): Promise<Prepared[]> {
  await installPeers();
  return [
    await preparePeerAs('Auth.js', 'auth-js.ts', authJsSteps, opening),
    await preparePeerAs('better-auth', 'better-auth.ts', betterAuthSteps, opening),
  ];
}

async function preparePeerAs(
  name: ServerName,
  file: string,
  stepsOf: StepsOf,
  opening: Opening,
): Promise<Prepared> {
  const { redis, ...stores } = await openStores(name, opening);
  const options = { users: opening.people.length, log: logOf(name, opening) };
  return same({ name, redis, stepsOf }, await preparePeer(file, stores, options));
}

function same(rest: Omit<Prepared, 'program' | 'shipped'>, program: Program): Prepared {
  return { ...rest, program, shipped: program };
}

/** A Redis and a database for one server only. */
async function openStores(
  name: ServerName,
  { postgres, open }: Opening,
  template?: string,
): Promise<Stores & Pick<Server, 'redis'>> {
  const { url: redisUrl, stop } = await startRedis();
  open.defer(stop);
  const client = new Redis(redisUrl);
  open.defer(() => client.disconnect());
  const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
  const databaseUrl = await createDatabase(postgres.url, name, template);
  return { databaseUrl, redisUrl, redis: { client, pid } };
}

function logOf(name: ServerName, { logs }: Opening): string {
  return join(logs, `${name}.log`);
}
