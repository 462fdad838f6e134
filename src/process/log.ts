import { destination, type Logger, pino } from 'pino';

/** Lines of so many characters in all are written together, and what is there after a time. */
const togetherLength = 16 * 1024;
const togetherMs = 100;

/** JSON lines in production, short lines for people elsewhere. What is in memory is written at the exit. */
export async function openLog({ LOG_LEVEL: level, production }: LogConfig): Promise<Logger> {
  if (production) return pino({ level }, writtenTogether());
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

/**
 * Waking a thread for each line would cost more than the line. Pino's destination can collect lines too, but it copies
 * all that it has collected for each new line.
 */
function writtenTogether() {
  // Only with a minimum does its `flush` wait until all is written.
  const out = destination({ sync: false, minLength: 1, maxWrite: 4 * togetherLength });
  let lines: string[] = [];
  let length = 0;
  const handOver = () => {
    if (lines.length > 0) out.write(lines.join(''));
    [lines, length] = [[], 0];
  };
  setInterval(handOver, togetherMs).unref();
  process.once('beforeExit', handOver).once('exit', () => {
    handOver();
    out.flushSync();
  });
  return {
    write(line: string) {
      lines.push(line);
      length += line.length;
      if (length >= togetherLength) handOver();
    },
    flush(done: () => void) {
      handOver();
      out.flush(done);
    },
  };
}

type LogConfig = { LOG_LEVEL: string; production: boolean };

/** Resolves when all lines are written. */
export function flushLog(log: Pick<Logger, 'flush'>): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()));
}
