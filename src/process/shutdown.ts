import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyBaseLogger } from 'fastify';

/** What is still under way this long after the notice may never end. */
const closeTimeoutMs = 15_000;

type Ending = {
  /** How long load balancers have to see "not ready", while requests are answered as before. */
  noticeMs: number;
  /** Finishes what is under way, and lets go of the rest. */
  close: () => Promise<void>;
  log: FastifyBaseLogger;
};

/** Ends the process on a signal: aborts `stop` at once, closes after the notice. More signals change nothing. */
export function stopOnSignal(stop: AbortController, { noticeMs, close, log }: Ending): void {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (stop.signal.aborted) return;
    log.info({ signal }, 'stopping');
    setTimeout(() => fail(log, 'stopping took too long'), noticeMs + closeTimeoutMs).unref();
    stop.abort();
    await delay(noticeMs);
    await close();
    // What a library keeps open must not hold a process that has nothing left to do.
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** After an error that nobody caught, the state of the process is unknown. */
export function endOnUncaught(log: FastifyBaseLogger): void {
  process.on('uncaughtException', (err) => fail(log, 'an error that nobody caught', err));
}

function fail(log: FastifyBaseLogger, message: string, err?: Error): never {
  log.fatal({ err }, message);
  process.exit(1);
}
