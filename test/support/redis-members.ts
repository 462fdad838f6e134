import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { Address } from '../../src/adapters/redis/connection/topology.ts';
import { binary } from './binaries.ts';
import { freePort, type Server, startProcess, temporaryFolder } from './server-process.ts';

/** One Redis server or Sentinel of several. */
export type Member = Server & {
  address: Address;
  /** False from its kill or stop until it is started again. */
  running(): boolean;
  /** Starts it again, without any data, as it was configured at first. */
  start(): Promise<void>;
};

/** What every server of several is started with. */
export function serverSettings(password?: string): string {
  return `bind 127.0.0.1
protected-mode no
save ""
appendonly no
maxmemory-policy noeviction
repl-diskless-sync-delay 0
shutdown-timeout 0
${password ? `requirepass ${password}\nmasterauth ${password}\n` : ''}`;
}

type Form = {
  port: number;
  /** Written anew at each start, by name; it is started with the first. */
  files: Record<string, string>;
  sentinel?: boolean;
  password?: string | undefined;
};

export async function startMember({
  port,
  files,
  sentinel = false,
  password,
}: Form): Promise<Member> {
  const [first = ''] = Object.keys(files);
  const begin = () => {
    const folder = temporaryFolder();
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return startProcess({
      program: binary('redis-server'),
      args: sentinel ? [first, '--sentinel'] : [first],
      folder,
      ready: sentinel ? 'Sentinel ID is' : 'Ready to accept connections',
      stopSignal: 'TERM',
    });
  };
  let process = await begin();
  let running = true;
  const end = (how: 'stop' | 'kill') => async () => {
    running = false;
    await process[how]();
  };
  return {
    url: `redis://${password ? `:${password}@` : ''}127.0.0.1:${port}`,
    address: { host: '127.0.0.1', port },
    folder: process.folder,
    running: () => running,
    pause: () => process.pause(),
    resume: () => process.resume(),
    kill: end('kill'),
    stop: end('stop'),
    start: async () => {
      process = await begin();
      running = true;
    },
  };
}

/** Asks one server one thing, as an operator does; soon, or not at all. */
export async function ask(member: { url: string }, command: string): Promise<string> {
  return String(await askFor(member, command));
}

export async function askFor(member: { url: string }, command: string): Promise<unknown> {
  const redis = new Redis(member.url, { commandTimeout: 1_000, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    const [name = '', ...args] = command.split(' ');
    return await redis.call(name, ...args);
  } finally {
    redis.disconnect();
  }
}

/** Waits until a look shows what is waited for; a server that does not answer shows nothing. */
export async function until(look: () => Promise<boolean>, slowWorkMs = 20_000): Promise<void> {
  const end = performance.now() + slowWorkMs;
  while (!(await look().catch(() => false))) {
    if (performance.now() > end) throw new Error(`waited in vain: ${look}`);
    await delay(25);
  }
}

/** Waits until all replicas of a master have all that it has: a failover now loses nothing. */
export function untilReplicated(master: Member): Promise<void> {
  return until(async () => {
    const info = await ask(master, 'INFO replication');
    const [, own] = /master_repl_offset:(\d+)/.exec(info) ?? [];
    const offsets = [...info.matchAll(/^slave\d.*,offset=(\d+)/gm)].map(([, offset]) => offset);
    return offsets.length > 0 && offsets.every((offset) => offset === own);
  });
}

/** Waits until a replica has found its master. */
export function untilLinked(replica: Member): Promise<void> {
  return until(async () =>
    (await ask(replica, 'INFO replication')).includes('master_link_status:up'),
  );
}

export async function stopAll(members: readonly Member[]): Promise<void> {
  await Promise.all(members.map((member) => member.stop()));
}

/** Their addresses, as settings name them. */
export function listed(members: readonly Member[]): string {
  return members.map(({ address: { host, port } }) => `${host}:${port}`).join(',');
}

/** Ports that are free now, and all different. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) found.add(await freePort());
  return [...found];
}

/** An id, as Redis gives one to itself. */
export function anId(): string {
  return randomBytes(20).toString('hex');
}
