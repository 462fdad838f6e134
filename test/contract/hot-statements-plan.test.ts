/**
 * What every login asks of PostgreSQL is looked up by an index, however large the tables are and whatever was known of them
 * when a plan was made: plans are kept, and a new database knows nothing.
 */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import { freshDatabase } from '../support/servers.ts';
import { use } from '../support/use.ts';

const users = 3_000;

const loadUsers = `SELECT load_users(ARRAY['acme'], ARRAY['user-7'], ARRAY[20]) AS answer`;

/** More rows than a login may read, of others. */
const others = `
  INSERT INTO organizations SELECT 'org-' || n, 'off', 'nl-NL', 'NL', 'offered', now(), now()
    FROM generate_series(1, ${users}) n;
  INSERT INTO users (organization_id, id) SELECT 'acme', 'user-' || n FROM generate_series(1, ${users}) n;
  INSERT INTO factors (id, organization_id, user_id, method, is_primary, address, address_hash)
    SELECT gen_random_uuid(), 'acme', 'user-' || n, 'call', true, 'sealed', n FROM generate_series(1, ${users}) n;
  INSERT INTO devices (organization_id, user_id, id, platform, push_token, push_token_hash, updated_at)
    SELECT 'acme', 'user-' || n, 'd', 'ios', 'sealed', n, now() FROM generate_series(1, ${users}) n;
  INSERT INTO wrong_guesses (organization_id, user_id, challenge_id, kind, at)
    SELECT 'acme', 'user-' || n, 'c-' || n, 'short', now() FROM generate_series(1, ${users}) n;
  INSERT INTO spent_ids (id, "by") SELECT 'k-' || n, 'a' FROM generate_series(1, ${users}) n;
  INSERT INTO challenge_outcomes (challenge_id, organization_id, user_id, client, purpose, lane, outcome)
    SELECT 'c-' || n, 'acme', 'user-' || n, 'panel', 'login', 'strangers', 'approved' FROM generate_series(1, ${users}) n;
  INSERT INTO events (type, organization_id, user_id, details, spends)
    SELECT 'code.sent', 'acme', 'user-' || n, '{}', 'code.sent ' || n FROM generate_series(1, ${users}) n`;

function changesOf(challengeId: string): object[] {
  const about = { organizationId: 'acme', userId: 'user-7', challengeId };
  const how = { client: 'panel', purpose: 'login', lane: 'strangers', kind: 'short', limit: 9 };
  const entry = { type: 'code.sent', organization_id: 'acme', user_id: 'user-7', details: {} };
  const given = { ...about, ...how, attemptId: challengeId, codeId: challengeId, tryId: 't' };
  const entries = [{ ...entry, spends: challengeId }];
  const factorId = randomUUID();
  return [
    { ...given, do: 'record', entries },
    { ...given, do: 'charge', maxLong: 20 },
    { ...given, do: 'settle', entries },
    { ...given, do: 'consume', factorId },
    { ...given, do: 'approve', factorId: null, resultId: 'r', resultTtlMs: 60_000, entries },
    { ...given, do: 'redeem', resultId: 'r' },
    { ...given, do: 'giveBack' },
    { ...given, do: 'cancel', challengeId: `${challengeId} too`, entries },
  ];
}

/** All of it on one connection, so that its plans are kept. */
async function login(client: Client): Promise<void> {
  await client.query(loadUsers);
  for (const change of changesOf(randomUUID()))
    await client.query('SELECT write_changes($1::jsonb)', [JSON.stringify([change])]);
}

/** Rows that a transaction read one after the other, and by an index. */
const readRows = `
  SELECT relname, seq_tup_read::int AS scanned, idx_tup_fetch::int AS fetched
  FROM pg_stat_xact_user_tables WHERE seq_tup_read > 0 OR idx_tup_fetch > 20`;

const database = async () => {
  const client = new Client({ connectionString: await freshDatabase() });
  await client.connect();
  await client.query(
    `INSERT INTO organizations VALUES ('acme', 'mandatory', 'nl-NL', 'NL', 'offered', now(), now())`,
  );
  return { client, close: () => client.end() };
};

describe.each([
  ['that nobody has analyzed', ['login', 'grow']],
  ['that was analyzed while it was empty', ['analyze', 'login', 'grow']],
  ['that was analyzed while it was large', ['grow', 'analyze']],
] as const)('in a database %s', (_name, steps) => {
  const { client } = withDatabase(steps);

  test('a login reads a few rows, each by an index', async () => {
    // The server counts what came before with the transaction until it has written that down.
    await client().query('SELECT pg_stat_force_next_flush()');
    await client().query('BEGIN');
    await login(client());
    const { rows } = await client().query(readRows);
    await client().query('ROLLBACK');
    expect(rows).toEqual([]);
  });
});

function withDatabase(steps: readonly ('login' | 'grow' | 'analyze')[]) {
  const opened = use(async () => {
    const made = await database();
    for (const step of steps) {
      if (step === 'login') for (let times = 0; times < 10; times += 1) await login(made.client);
      else await made.client.query(step === 'grow' ? others : 'ANALYZE');
    }
    return made;
  });
  return { client: () => opened.client };
}
