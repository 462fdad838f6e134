import type { Log } from '../../../domain/ports.ts';

/** Logs one line when Redis is lost and one when it is back, and none for the attempts between. */
export function connectionLog(log: Log) {
  let lost = false;
  let reason = 'connection closed';
  const first = Promise.withResolvers<void>();
  return {
    /** Resolves at the first connection. */
    reached: first.promise,
    failed(error: NodeJS.ErrnoException): void {
      reason = error.code ?? error.message;
    },
    away(): void {
      if (!lost) log.warn({ reason }, 'Redis is away');
      lost = true;
    },
    back(): void {
      if (lost) log.info({}, 'Redis is back');
      lost = false;
      reason = 'connection closed';
      first.resolve();
    },
  };
}

export type ConnectionLog = ReturnType<typeof connectionLog>;
