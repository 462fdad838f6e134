import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createDatabase, startRedis } from '../../test/support/servers.ts';
import { type Person, people } from '../shared/people.ts';
import { type Postgres, startPostgres } from '../shared/postgres.ts';
import {
  type Checkout,
  floorProgram,
  prepareCheckout,
  root,
  type Stores,
  serviceProgram,
} from './doublecheck.ts';
import { openHttp } from './http.ts';
import type { Server, ServerName } from './server.ts';
import { type Program, startServer } from './server-process.ts';
import { challengeSteps } from './steps.ts';

/** All servers of the comparison, and what they run on. */
export type Bench = { postgres: Postgres; servers: Server[]; people: Person[] };

export type Options = {
  people: number;
  /** Another checkout of the service. */
  against: string | null;
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
  return { postgres, servers, people: opening.people };
}

async function service(name: ServerName, folder: string, opening: Opening): Promise<Server> {
  const stores = await openStores(name, opening);
  const checkout = await prepareCheckout(folder, stores, opening.people);
  const program = serviceProgram(checkout, logOf(name, opening));
  const addressOf = ({ number }: Person) => number;
  return startWithSteps(name, { stores, program, addressOf, checkout }, opening);
}

/** A floor has the tables and the people of the service. */
async function floor(kind: 'bare' | 'dressed', opening: Opening): Promise<Server> {
  const name = `${kind} floor` as const;
  const stores = await openStores(name, opening);
  const checkout = await prepareCheckout(root, stores, opening.people);
  const program = floorProgram(kind, stores, logOf(name, opening));
  const addressOf = ({ userId }: Person) => userId;
  return startWithSteps(name, { stores, program, addressOf, checkout }, opening);
}

type Starting = {
  stores: OpenStores;
  program: Program;
  checkout: Checkout;
  addressOf(person: Person): string;
};

async function startWithSteps(
  name: ServerName,
  { stores, program, checkout, addressOf }: Starting,
  { open }: Opening,
): Promise<Server> {
  const server = await startServer(program);
  open.defer(server.stop);
  const http = openHttp(server.url);
  open.defer(http.close);
  const steps = challengeSteps({ http, codes: server.codes, apiKey: checkout.apiKey, addressOf });
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
