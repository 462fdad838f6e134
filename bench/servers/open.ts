import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createDatabase, startRedis } from '../../test/support/servers.ts';
import { type Person, people } from '../shared/people.ts';
import { type Postgres, startPostgres } from '../shared/postgres.ts';
import { startCollector } from './collector.ts';
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
  /** How many can sign in. */
  people: number;
  /** The servers that take part. Floors need `Doublecheck`: they have a copy of its database. */
  take: readonly ServerName[];
  /** The folders of the service, where it is not this one. */
  folders?: { Doublecheck?: string; before?: string };
  /** Whether PostgreSQL waits for its disk at each commit. */
  fsync?: boolean;
};

type Opening = {
  postgres: Postgres;
  logs: string;
  people: Person[];
  folders: NonNullable<Options['folders']>;
  open: AsyncDisposableStack;
};

export async function openBench(
  { people: count, take, folders = {}, fsync = false }: Options,
  open: AsyncDisposableStack,
): Promise<Bench> {
  const postgres = await startPostgres([`fsync=${fsync ? 'on' : 'off'}`]);
  open.defer(postgres.stop);
  const logs = mkdtempSync(join(tmpdir(), 'doublecheck-bench-'));
  open.defer(() => rmSync(logs, { recursive: true, force: true }));
  const opening = { postgres, logs, people: people(count), folders, open };
  // All are prepared before the first is started: a database that is in use cannot be copied.
  const prepared: Prepared[] = [];
  for (const name of take) prepared.push(await prepare[name](opening));
  const servers: Server[] = [];
  for (const one of prepared) {
    const server = await start(one);
    open.defer(server.stop);
    servers.push(server);
  }
  return { postgres, servers, people: opening.people };
}

const prepare: Record<ServerName, (opening: Opening) => Promise<Prepared>> = {
  Doublecheck: (opening) => prepareService('Doublecheck', opening),
  traced: (opening) => prepareTraced(opening),
  before: (opening) => prepareService('before', opening),
  'dressed floor': (opening) => prepareFloor('dressed', opening),
  'bare floor': (opening) => prepareFloor('bare', opening),
  'Auth.js': (opening) => preparePeerAs('Auth.js', authJs, opening),
  'better-auth': (opening) => preparePeerAs('better-auth', betterAuth, opening),
};

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
  name: 'Doublecheck' | 'traced' | 'before',
  opening: Opening,
  env: Record<string, string> = {},
): Promise<Prepared> {
  const { redis, ...stores } = await openStores(name, opening);
  const folder = (name !== 'traced' && opening.folders[name]) || root;
  const prepared = await prepareCheckout(folder, stores, opening.people);
  const checkout = { ...prepared, env: { ...prepared.env, ...env } };
  const programs = servicePrograms(checkout, logOf(name, opening));
  return { name, ...programs, stepsOf: serviceSteps(checkout), redis };
}

/** The same service with its traces on. */
async function prepareTraced(opening: Opening): Promise<Prepared> {
  const collector = await startCollector();
  opening.open.defer(collector.stop);
  return prepareService('traced', opening, { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
}

/** A floor has the tables and the people of the service: its database is a copy. */
async function prepareFloor(kind: 'bare' | 'dressed', opening: Opening): Promise<Prepared> {
  const name = `${kind} floor` as const;
  const { redis, ...stores } = await openStores(name, opening, 'Doublecheck');
  return same(
    { name, redis, stepsOf: floorSteps },
    floorProgram(kind, stores, logOf(name, opening)),
  );
}

type Peer = { file: string; stepsOf: StepsOf };

const authJs: Peer = { file: 'auth-js.ts', stepsOf: authJsSteps };
const betterAuth: Peer = { file: 'better-auth.ts', stepsOf: betterAuthSteps };

async function preparePeerAs(
  name: ServerName,
  { file, stepsOf }: Peer,
  opening: Opening,
): Promise<Prepared> {
  await installPeers();
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
