import type { RedisOptions } from 'ioredis';

/** Between attempts to connect: soon at first, then about every second, never all at once. */
export function nextAttemptMs(times: number): number {
  return Math.round(Math.min(50 * 2 ** (times - 1), 1_000) + Math.random() * 100);
}

/** A login waits no longer for a reply. */
export const loginAnswerMs = 400;

const silenceMs = 1_000;

/**
 * A command is sent once: sending it again after a lost connection would count a guess twice.
 *
 * @param answerMs how long to wait for a reply.
 */
export function clientOptions(answerMs: number) {
  return {
    ...sentOnce,
    commandTimeout: answerMs,
    // A connection without a reply for this long is dead, even if TCP still has it open.
    socketTimeout: Math.max(silenceMs, answerMs),
    connectTimeout: Math.max(silenceMs, answerMs),
  };
}

const sentOnce = {
  enableOfflineQueue: false,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
  // A server that hangs does not close the connection.
  disconnectTimeout: 200,
  keepAlive: 5_000,
  retryStrategy: nextAttemptMs,
  // After a failover the same address may lead to the new master.
  reconnectOnError: (error: Error) => error.message.includes('READONLY '),
} satisfies RedisOptions;
