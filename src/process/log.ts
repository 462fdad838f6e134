import { destination, type Logger, pino } from 'pino';

/** In production, lines are written together: waking a thread for each would cost more than the line. */
const togetherAfter = { minLength: 16 * 1024, maxWrite: 64 * 1024, periodicFlush: 100 };

/** JSON lines in production, short lines for people elsewhere. What is in memory is written at the exit. */
export async function openLog({ LOG_LEVEL: level, production }: LogConfig): Promise<Logger> {
  if (production) return pino({ level }, destination({ ...togetherAfter, sync: false }));
  const pretty = await import('pino-pretty').catch(() => null);
  if (!pretty) return pino({ level });
  const lines = pretty.default({
    colorize: pretty.default.isColorSupported,
    ignore: 'pid,hostname,reqId',
    singleLine: true,
    sync: true,
    translateTime: 'SYS:HH:MM:ss',
  });
  return pino({ level }, lines);
}

type LogConfig = { LOG_LEVEL: string; production: boolean };

/** Resolves when all lines are written. */
export function flushLog(log: Pick<Logger, 'flush'>): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()));
}
