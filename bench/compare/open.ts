import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createDatabase, startRedis } from '../../test/support/servers.ts';
import { type Person, people } from '../shared/people.ts';
import { type Postgres, startPostgres } from '../shared/postgres.ts';
import { floorProgram, prepareCheckout, root, type Stores, serviceProgram } from './doublecheck.ts';
import { type Http, openHttp } from './http.ts';
import { authJsSteps, betterAuthSteps } from './peer-steps.ts';
import { installPeers, preparePeer } from './peers.ts';
import type { Server, ServerName, Steps } from './server.ts';
import { type Codes, type Program, startServer } from './server-process.ts';
import { challengeSteps } from './steps.ts';

/** All servers of the comparison, and what they run on. */
export type Bench = { postgres: Postgres; servers: Server[]; people: Person[] };

export type Options = {
  people: number;
  /** Another checkout of the service. */
  against: string | null;
  /** Whether other products take part. */
  peers: boolean;
  /** Whether PostgreSQL waits for its disk at each commit. */
  fsync: boolean;
};

type Opening = { postgres: Postgres; folder: string; people: Person[]; open: AsyncDisposableStack };

export async function openBench(options: Options, open: AsyncDisposableStack): Promise<Bench> {
  const postgres = await startPostgres([`fsync=${options.fsync ? 'on' : 'off'}`]);
  open.defer(postgres.stop);
  const folder = mkdtempSync(join(tmpdir(), 'doublecheck-bench-'));
  open.defer(() => rmSync(folder, { recursive: true, force: true }));
  const opening = { postgres, folder, people: people(options.people), open };
  const servers = [await service('today', root, opening)];
  if (options.against) servers.push(await service('before', options.against, opening));
  servers.push(await floor('dressed', opening), await floor('bare', opening));
  if (options.peers) servers.push(...(await peers(opening)));
  return { postgres, servers, people: opening.people };
}

async function service(name: ServerName, folder: string, opening: Opening): Promise<Server> {
  const stores = await openStores(name, opening);
  const checkout = await prepareCheckout(folder, stores, opening.people);
  const program = serviceProgram(checkout, logOf(name, opening));
  const addressOf = ({ number }: Person) => number;
  const { apiKey } = checkout;
  const stepsOf: Starting['stepsOf'] = ({ http, codes }) =>
    challengeSteps({ http, codes, apiKey, addressOf });
  return startFor(name, { stores, program, stepsOf }, opening);
}

/** A floor has the tables and the people of the service. */
async function floor(kind: 'bare' | 'dressed', opening: Opening): Promise<Server> {
  const name = `${kind} floor` as const;
  const stores = await openStores(name, opening);
  const checkout = await prepareCheckout(root, stores, opening.people);
  const program = floorProgram(kind, stores, logOf(name, opening));
  const addressOf = ({ userId }: Person) => userId;
  const { apiKey } = checkout;
  const stepsOf: Starting['stepsOf'] = ({ http, codes }) =>
    challengeSteps({ http, codes, apiKey, addressOf });
  return startFor(name, { stores, program, stepsOf }, opening);
}

async function peers(opening: Opening): Promise<Server[]> {
  await installPeers();
  return [
    await peer('better-auth', { file: 'better-auth.ts', stepsOf: betterAuthSteps }, opening),
    await peer('Auth.js', { file: 'auth-js.ts', stepsOf: authJsSteps }, opening),
  ];
}

type Peer = { file: string; stepsOf: typeof authJsSteps };

async function peer(name: ServerName, { file, stepsOf }: Peer, opening: Opening): Promise<Server> {
  const stores = await openStores(name, opening);
  const program = await preparePeer(file, stores, {
    users: opening.people.length,
    log: logOf(name, opening),
  });
  return startFor(name, { stores, program, stepsOf }, opening);
}

type Starting = {
  stores: OpenStores;
  program: Program;
  stepsOf(around: { http: Http; url: string; codes: Codes }): Steps;
};

async function startFor(
  name: ServerName,
  { stores, program, stepsOf }: Starting,
  { open }: Opening,
): Promise<Server> {
  const server = await startServer(program);
  open.defer(server.stop);
  const http = openHttp(server.url);
  open.defer(http.close);
  const steps = stepsOf({ http, url: server.url, codes: server.codes });
  return { name, program, process: server, http, steps, redis: stores.redis };
}

type OpenStores = Stores & { redis: Server['redis'] };

/** A Redis and a database for one server only. */
async function openStores(name: ServerName, { postgres, open }: Opening): Promise<OpenStores> {
  const { url, stop } = await startRedis();
  open.defer(stop);
  const client = new Redis(url);
  open.defer(() => client.disconnect());
  const pid = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1]);
  const databaseUrl = await createDatabase(postgres.url, name);
  return { databaseUrl, redisUrl: url, redis: { client, pid } };
}

function logOf(name: ServerName, { folder }: Opening): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.log`);
}
