/** A server that is stopped and started again is used again, and nobody has to do anything. */
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { connectPostgres, migratePostgres } from '../../src/adapters/postgres/connection/client.ts';
import { loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import { expectUnavailable, untilAnswered, untilItWorks } from '../support/away.ts';
import { binary } from '../support/binaries.ts';
import { directoryOn } from '../support/directories.ts';
import { anEntry, confirmation, knownMember } from '../support/people.ts';
import {
  freePort,
  postgresAccount,
  startProcess,
  temporaryFolder,
} from '../support/server-process.ts';

/** A server whose files outlive it. */
async function keptServer() {
  const account = postgresAccount();
  const [home, port] = [temporaryFolder(account), await freePort()];
  const data = join(home, 'data');
  const utf8 = ['--encoding', 'UTF8', '--locale', 'C.UTF-8'];
  const create = ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', ...utf8];
  execFileSync(binary('initdb'), create, { ...account, cwd: home, stdio: 'pipe' });
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories='];
  const command = {
    program: binary('postgres'),
    args: ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    ready: 'ready to accept connections',
    stopSignal: 'QUIT' as const,
    ...(account && { account }),
  };
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    start: () => startProcess({ ...command, folder: temporaryFolder(account) }),
    remove: () => rmSync(home, { recursive: true }),
  };
}

test('a server that was stopped and started again is used again, with all its data', async () => {
  const kept = await keptServer();
  const first = await kept.start();
  await migratePostgres(kept.url);
  const database = connectPostgres(kept.url);
  const directory = directoryOn(database, loginLimits);
  const user = await untilItWorks(() => knownMember(directory));
  await untilItWorks(() => directory.factors.confirm(user, confirmation(), anEntry));
  await first.stop();
  await expectUnavailable(directory.users.load(user));
  const second = await kept.start();
  await Promise.all(Array.from({ length: 20 }, () => untilAnswered(directory)));
  expect((await directory.users.load(user)).factors).toHaveLength(1);
  await database.close();
  await second.stop();
  kept.remove();
}, 60_000);
