import type { Bench } from './bench.ts';

export type RowBytes = { rows: number; tableBytes: number; indexBytes: number };

const tables = ['users', 'factors', 'devices', 'events', 'spent_ids', 'wrong_guesses'];

/** Enough rows that a half-full page makes no difference. */
const minRows = 100_000;

/** Bytes of a row in each table, and of its entries in the indexes. */
export async function bytesPerRow({ admin, people }: Bench): Promise<Record<string, RowBytes>> {
  await admin.query(`
    INSERT INTO events (type, organization_id, user_id, actor, client, app, challenge_id, details,
      spends, attempt)
    SELECT type, organization_id, user_id, actor, client, app, challenge_id, details,
      CASE WHEN spends IS NOT NULL THEN gen_random_uuid()::text END, attempt
    FROM events, generate_series(1, ${minRows} / (SELECT count(*) FROM events)) ORDER BY random()`);
  await admin.query(`
    INSERT INTO spent_ids (id, by) SELECT gen_random_uuid(), gen_random_uuid()
    FROM generate_series(1, ${minRows})`);
  await admin.query(`
    INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
    SELECT organization_id, id, gen_random_uuid(), 'short', now() - random() * interval '1 year'
    FROM users, generate_series(1, ${minRows} / ${people.length}) ORDER BY random()`);
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
