import type { Database, Log } from '../domain/ports.ts';

/** Logs one line when the database stops serving, with the reason, and one when it serves again. */
export function watchDatabase(database: Database, log: Log): () => Promise<void> {
  let known: string | null = null;
  return async () => {
    const reason = await database.ping().then(
      () => null,
      ({ cause, message }: Error) => (cause instanceof Error ? cause.message : message),
    );
    if (reason === known) return;
    known = reason;
    if (reason === null) log.info({}, 'PostgreSQL is back');
    else log.warn({ reason }, 'PostgreSQL is away');
  };
}
