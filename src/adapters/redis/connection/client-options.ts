import type { RedisOptions } from 'ioredis';

/** Between attempts to connect: soon at first, then about every second, never all at once. */
export function nextAttemptMs(times: number): number {
  return Math.round(Math.min(50 * 2 ** (times - 1), 1_000) + Math.random() * 100);
}

/** A command is sent once: sending it again after a lost connection would count a guess twice. */
export const clientOptions = {
  commandTimeout: 400,
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A connection without a reply for this long is dead, even if TCP still has it open.
  socketTimeout: 1_000,
  connectTimeout: 1_000,
  // A server that hangs does not close the connection.
  disconnectTimeout: 200,
  keepAlive: 5_000,
  retryStrategy: nextAttemptMs,
  // After a failover the same address may lead to the new master.
  reconnectOnError: (error: Error) => error.message.includes('READONLY '),
} satisfies RedisOptions;
