/** The embedded database belongs to one process, which answers the others. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Database } from '../../src/adapters/postgres/connection/client.ts';
import { openEmbedded } from '../../src/adapters/postgres/embedded/embedded.ts';
import { FolderInUseError, socketIn } from '../../src/adapters/postgres/embedded/folder-lock.ts';
import { askService } from '../../src/cli/running-service.ts';
import { directoryOn } from '../support/directories.ts';
import { anEntry, anOrganization } from '../support/people.ts';

const aMinute = 60_000;
jest.setTimeout(2 * aMinute);

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'doublecheck-test-'));
  folder = join(root, 'postgres');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const acme = anOrganization('acme');

const findAcme = (database: Database) => directoryOn(database).organizations.find('acme');
const saveAcme = (database: Database) => directoryOn(database).organizations.save(acme, anEntry);
const open = (answer = async () => '') => openEmbedded(folder, answer);
const ask = (timeoutMs?: number) =>
  askService(socketIn(folder), { args: ['clients', 'list'], account: 'ann' }, timeoutMs);

/** Another process that has the folder open, and answers requests, as a running service does. */
async function openElsewhere(): Promise<ChildProcess> {
  const embedded = join(process.cwd(), 'src/adapters/postgres/embedded/embedded.ts');
  const script = `const { openEmbedded } = await import(process.argv[1]);
    const { prisma } = await openEmbedded(process.argv[2], async () => '');
    await prisma.$executeRaw\`INSERT INTO organizations (id, policy, language, country, backup, updated_at)
      VALUES ('acme', 'mandatory', 'nl-NL', 'NL', 'offered', now())\`;
    setInterval(() => prisma.organization.count(), 1);
    process.stdout.write('open');`;
  const args = ['--input-type=module', '-e', script, embedded, folder];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

test('what was written is there the next time, and nobody else on the machine can read it', async () => {
  const first = await open();
  await saveAcme(first);
  await first.close();
  const second = await open();
  expect(await findAcme(second)).toEqual(acme);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await second.close();
});

test('of two that open an empty folder at once, one has it and the other is refused', async () => {
  const both = await Promise.allSettled([open(), open()]);
  expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  const [first, second] = both;
  expect(second).toMatchObject({ reason: expect.any(FolderInUseError) });
  if (first?.status === 'fulfilled') await first.value.close();
});

test('a folder that another process has open is refused until that process is killed', async () => {
  const other = await openElsewhere();
  try {
    await expect(open()).rejects.toThrow(`${folder} is in use`);
  } finally {
    const gone = once(other, 'exit');
    other.kill('SIGKILL');
    await gone;
  }
  const database = await open();
  expect(await findAcme(database)).toEqual(acme);
  await database.close();
});

test('a request waits until the database is open, and closing waits for its answer', async () => {
  const reply = { exitCode: 0, output: 'acme', errors: '' };
  const opening = openEmbedded(folder, async (request, { prisma }) => {
    expect(JSON.parse(request)).toEqual({ args: ['clients', 'list'], account: 'ann' });
    await prisma.organization.count();
    return JSON.stringify(reply);
  });
  const [answer] = await Promise.all([ask(), opening.then((database) => database.close())]);
  expect(answer).toEqual(reply);
});

test('a command that another process should run: a line when that process gives no answer', async () => {
  const never = Promise.withResolvers<string>();
  const answers = [async () => Promise.reject(new Error('broken')), () => never.promise];
  const database = await open(async () => answers.shift()?.() ?? '');
  for (const timeoutMs of [aMinute, 500]) {
    const { exitCode, errors } = await ask(timeoutMs);
    expect({ exitCode, errors }).toEqual({
      exitCode: 1,
      errors: expect.stringMatching(/^doublecheck: the running service .*\n$/),
    });
  }
  never.resolve('');
  await database.close();
});
