import { Client } from 'pg';
import type { Service } from './service.ts';

/** Cuts the connections that write entries into the audit trail, and counts entries. */
export async function trailCut(service: Service) {
  const onlooker = new Client({ connectionString: service.databaseUrl });
  await onlooker.connect();
  await onlooker.query(`
    CREATE TABLE cut_types (type text);
    CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF EXISTS (SELECT FROM cut_types WHERE type IN ('any', NEW.type)) THEN
          PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(1);
        END IF;
        RETURN NEW;
      END $$;
    CREATE TRIGGER cut BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION cut();
    ALTER TABLE events DISABLE TRIGGER cut`);
  return {
    onlooker,
    /** While the work goes on, each connection that records an event of this type is cut. */
    async whileCut<T>(work: () => Promise<T>, type = 'any'): Promise<T> {
      await onlooker.query('INSERT INTO cut_types VALUES ($1)', [type]);
      await onlooker.query('ALTER TABLE events ENABLE TRIGGER cut');
      try {
        return await work();
      } finally {
        await onlooker.query('ALTER TABLE events DISABLE TRIGGER cut');
        await onlooker.query('DELETE FROM cut_types');
      }
    },
    /** How many events of this type there are, of one user or of all. */
    async entries(type: string, userId: string | null = null): Promise<number> {
      const { rows } = await onlooker.query(
        'SELECT count(*) FROM events WHERE type = $1 AND coalesce(user_id = $2, $2 IS NULL)',
        [type, userId],
      );
      return Number(rows[0].count);
    },
  };
}
