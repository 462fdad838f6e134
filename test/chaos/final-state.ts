import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import { settings } from '../../src/config/settings.ts';
import { roomy } from '../support/limits.ts';
import { query } from './durable-postgres.ts';
import type { FinalState, StoredFactor } from './history.ts';
import type { World } from './world.ts';

/** Reads what PostgreSQL holds, past every replica. */
export async function readFinalState({ postgres, env }: World): Promise<FinalState> {
  const { url } = postgres;
  const rows = await query<{ challenge_id: string }>(url, 'SELECT challenge_id FROM wrong_guesses');
  const approvals = await query<{ challenge_id: string }>(
    url,
    `SELECT DISTINCT challenge_id FROM events WHERE type = 'challenge.approved'`,
  );
  const looks = await query<{ challenge_id: string; left: number }>(
    url,
    `SELECT challenge_id, (details->>'attemptsRemaining')::int AS left FROM events
      WHERE type = 'code.wrong'`,
  );
  const events = await query<{ type: string; subject: string }>(
    url,
    `SELECT type, coalesce(challenge_id, user_id) AS subject FROM events
      WHERE organization_id = 'acme'`,
  );
  return {
    wrongGuesses: rows.map((row) => row.challenge_id),
    approved: approvals.map((row) => row.challenge_id),
    lookedAt: looks.map((row) => {
      return { challengeId: row.challenge_id, attemptsRemaining: row.left };
    }),
    events: events.map(({ type, subject }) => `${type} ${subject}`),
    factors: await factorsIn(url, env['SECRETS'] ?? ''),
  };
}

async function factorsIn(url: string, secrets: string): Promise<StoredFactor[]> {
  const owners = await query<{ user_id: string }>(url, 'SELECT DISTINCT user_id FROM factors');
  const primaries = await query<{ id: string }>(url, 'SELECT id FROM factors WHERE is_primary');
  const isPrimary = new Set(primaries.map(({ id }) => id));
  const ring = settings.SECRETS.parse(secrets);
  if (!ring) throw new Error('no secrets');
  const database = connectPostgres(url, roomy);
  try {
    const directory = prismaDirectory(database, sealing(ring), roomy);
    const users = owners.map(({ user_id: userId }) =>
      directory.users.load({ organizationId: 'acme', userId }),
    );
    return (await Promise.all(users)).flatMap(({ userId, factors }) =>
      factors.map(({ id, method, address }) => {
        return { userId, id, method, address, primary: isPrimary.has(id) };
      }),
    );
  } finally {
    await database.close();
  }
}
