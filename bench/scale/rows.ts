import type { Bench } from './bench.ts';

export type RowBytes = { rows: number; tableBytes: number; indexBytes: number };

const tables = ['users', 'factors', 'devices', 'events', 'spent_ids', 'wrong_guesses'];

/** Enough for a page that is half full not to count. */
const enough = 100_000;

/** What a row takes in each table, its share of the indexes apart. */
export async function bytesPerRow({ admin, people }: Bench): Promise<Record<string, RowBytes>> {
  await admin.query(`
    INSERT INTO events (type, organization_id, user_id, actor, client, app, challenge_id, details,
      spends, attempt)
    SELECT type, organization_id, user_id, actor, client, app, challenge_id, details,
      CASE WHEN spends IS NOT NULL THEN gen_random_uuid()::text END, attempt
    FROM events, generate_series(1, ${enough} / (SELECT count(*) FROM events)) ORDER BY random()`);
  await admin.query(`
    INSERT INTO spent_ids (id, by) SELECT gen_random_uuid(), gen_random_uuid()
    FROM generate_series(1, ${enough})`);
  await admin.query(`
    INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
    SELECT organization_id, id, gen_random_uuid(), 'short', now() - random() * interval '1 year'
    FROM users, generate_series(1, ${enough} / ${people.length}) ORDER BY random()`);
  await admin.query('VACUUM ANALYZE');
  const sizes: Record<string, RowBytes> = {};
  for (const table of tables) {
    const { rows } = await admin.query(`
      SELECT count(*)::int AS rows,
        round(pg_table_size('${table}') / count(*)::numeric)::int AS "tableBytes",
        round(pg_indexes_size('${table}') / count(*)::numeric)::int AS "indexBytes"
      FROM ${table}`);
    sizes[table] = rows[0];
  }
  return sizes;
}
