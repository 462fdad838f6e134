import type { Database, Log } from '../domain/ports.ts';

/** Says in one line when the database stops serving, and why; and when it serves again. */
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
