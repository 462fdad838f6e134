/** Committed changes stay, also after a failure of the connection. */
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Client } from 'pg';
import {
  connectPostgres,
  type Database,
  migratePostgres,
} from '../../src/adapters/postgres/connection/client.ts';
import { loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import type { ChallengeOutcomes } from '../../src/domain/ports.ts';
import { untilItWorks } from '../support/away.ts';
import { aChallenge } from '../support/challenges.ts';
import { directoryOn } from '../support/directories.ts';
import { anEntry } from '../support/people.ts';
import { type Server, startPostgres } from '../support/servers.ts';

let server: Server;
let onlooker: Client;
let database: Database;
let outcomes: ChallengeOutcomes;

beforeEach(async () => {
  server = await startPostgres();
  await migratePostgres(server.url);
  onlooker = new Client({ connectionString: server.url });
  await onlooker.connect();
  // One connection, so that the next call has to use the one with the failure.
  database = connectPostgres(server.url, loginLimits, 1);
  outcomes = directoryOn(database, loginLimits).outcomes;
  await untilItWorks(() => cancel('first'));
});

afterEach(async () => {
  await Promise.all([database.close(), onlooker.end()]);
  await server.stop();
});

const cancel = (id: string) => outcomes.cancel(aChallenge({ id }), anEntry);

const stored = async () => {
  const { rows } = await onlooker.query(
    'SELECT challenge_id AS id FROM challenge_outcomes ORDER BY at',
  );
  return rows.map(({ id }) => id);
};

test('a connection that hung within a transaction is not used again', async () => {
  const hung = database.prisma.$transaction(async (tx) => {
    await tx.$executeRaw`INSERT INTO spent_ids (id, by) VALUES ('hung', 'x')`;
    server.pause();
    await tx.$queryRaw`SELECT 1`;
  });
  await expect(hung).rejects.toThrow();
  server.resume();
  expect(await untilItWorks(() => cancel('second'))).toBe(true);
  expect(await stored()).toEqual(['first', 'second']);
});
