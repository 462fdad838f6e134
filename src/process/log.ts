import { type Logger, pino } from 'pino';

/** JSON lines in production, short lines for people elsewhere. */
export async function openLog({ LOG_LEVEL: level, production }: LogConfig): Promise<Logger> {
  const pretty = production ? null : await import('pino-pretty').catch(() => null);
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
