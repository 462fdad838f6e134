import { isIP } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../domain/ports.ts';

/**
 * A person waits for the answer: a command is sent once, now, and given up soon. Sending one again
 * after a lost connection would count a guess twice.
 */
const options = {
  commandTimeout: 400,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A connection that owes an answer this long is dead, whatever TCP thinks of it.
  socketTimeout: 1_000,
  connectTimeout: 1_000,
  keepAlive: 5_000,
  retryStrategy: (times: number) => Math.min(50 * 2 ** (times - 1), 1_000) + Math.random() * 100,
  // After a failover the same address may lead to the new primary.
  reconnectOnError: (error: Error) => error.message.includes('READONLY '),
} satisfies RedisOptions;

/**
 * A client that reconnects for ever. It waits `patienceMs` for the first connection and is handed
 * out also without one: commands then fail at once until Redis is there.
 */
export async function connectRedis(url: string, log: Log, patienceMs = 2_000): Promise<Redis> {
  const redis = new Redis(url, { ...options, ...serverName(url) });
  tellTurns(redis, log);
  await firstConnection(redis, patienceMs);
  return redis;
}

/** Hosted Redis may find the right certificate by this name, which ioredis does not send. */
function serverName(url: string): Pick<RedisOptions, 'tls'> {
  const { protocol, hostname } = new URL(url);
  const named = protocol === 'rediss:' && !isIP(hostname) && !hostname.startsWith('[');
  return named ? { tls: { servername: hostname } } : {};
}

/** One line when Redis is lost and one when it is back, not one for each attempt between. */
function tellTurns(redis: Redis, log: Log): void {
  let lost = false;
  let reason = 'connection closed';
  redis.on('error', (error: NodeJS.ErrnoException) => {
    reason = error.code ?? error.message;
  });
  redis.on('reconnecting', () => {
    if (!lost) log.warn({ reason }, 'Redis is away');
    lost = true;
  });
  redis.on('ready', () => {
    if (lost) log.info({}, 'Redis is back');
    lost = false;
    reason = 'connection closed';
  });
}

function firstConnection(redis: Redis, patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, patienceMs);
    redis.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
