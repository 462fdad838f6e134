/** Connections that the server ends, at whatever moment: each call answers or is unavailable, and no process ends. */
import { expect, test } from '@jest/globals';
import { Client } from 'pg';
import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import { loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { Problem } from '../../src/domain/problems.ts';
import { roomy } from '../support/limits.ts';
import { anEvent, confirmation, knownMember } from '../support/people.ts';
import { testSealing } from '../support/sealing.ts';
import { freshDatabase } from '../support/servers.ts';

const rounds = 80;

test('a connection that ends in the middle of anything makes a call unavailable, and nothing worse', async () => {
  const url = await freshDatabase();
  const database = connectPostgres(url, loginLimits);
  const directory = prismaDirectory(database, testSealing, loginLimits);
  const operator = new Client({ connectionString: process.env['TEST_DATABASE_URL'] });
  await operator.connect();
  const calm = connectPostgres(url, roomy);
  const calmly = prismaDirectory(calm, testSealing, roomy);
  const users = await Promise.all(Array.from({ length: 8 }, () => knownMember(calmly)));
  await calm.close();
  const work = users.flatMap((user) => [
    () => directory.users.setPolicy(user, 'optional', anEvent(user)),
    () => directory.users.load(user),
    () => directory.recoverySecrets.countCodes(user),
    () => directory.factors.confirm(user, confirmation(), anEvent(user)),
  ]);
  let over = false;
  const worse: unknown[] = [];
  const callers = work.map(async (call) => {
    while (!over)
      await call().catch((error: unknown) => {
        if (!Problem.is(error, 'unavailable')) worse.push(error);
      });
  });
  const name = new URL(url).pathname.slice(1);
  for (let round = 0; round < rounds; round += 1)
    await operator.query(
      'SELECT pg_terminate_backend(pid), pg_sleep(0.02) FROM pg_stat_activity WHERE datname = $1 AND random() < 0.3',
      [name],
    );
  over = true;
  await Promise.all(callers);
  expect(worse).toEqual([]);
  await operator.end();
  await database.close();
}, 60_000);
