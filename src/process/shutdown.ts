import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { flushLog } from './log.ts';

/** Work that takes longer than this after the notice may never end. */
const closeTimeoutMs = 15_000;

type Ending = {
  /** How long load balancers can see "not ready" while requests are still answered. */
  noticeMs: number;
  /** Finishes current work and closes the rest. */
  close: () => Promise<void>;
  log: Logger;
};

/** On a signal: aborts `stop` at once and closes after the notice. More signals change nothing. */
export function stopOnSignal(stop: AbortController, { noticeMs, close, log }: Ending): void {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (stop.signal.aborted) return;
    log.info({ signal }, 'stopping');
    setTimeout(() => fail(log, 'stopping took too long'), noticeMs + closeTimeoutMs).unref();
    stop.abort();
    await delay(noticeMs);
    await close();
    await flushLog(log);
    // A library's open handle must not keep a finished process alive.
    process.exit(0);
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** After an uncaught error the state of the process is unknown. */
export function endOnUncaught(log: Logger): void {
  process.on('uncaughtException', (err) => fail(log, 'an error that nobody caught', err));
}

function fail(log: Logger, message: string, err?: Error): never {
  log.fatal({ err }, message);
  process.exit(1);
}
