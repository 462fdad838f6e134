/** The embedded database, opened by one process and used by several. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from 'pg';
import type { Database } from '../../src/adapters/postgres/connection/client.ts';
import { openEmbedded } from '../../src/adapters/postgres/embedded/embedded.ts';
import { directoryOn } from '../support/directories.ts';
import { anEntry, anOrganization } from '../support/people.ts';

const aMinute = 60_000;

let root: string;
let folder: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'doublecheck-test-'));
  folder = join(root, 'postgres');
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const acme = anOrganization('acme');

const findAcme = ({ prisma }: Database) => directoryOn(prisma).organizations.find('acme');
const saveAcme = ({ prisma }: Database) => directoryOn(prisma).organizations.save(acme, anEntry);

/** Another process that has the folder open, as a running service has. */
async function openElsewhere(): Promise<ChildProcess> {
  const embedded = join(process.cwd(), 'src/adapters/postgres/embedded/embedded.ts');
  const script = `const { openEmbedded } = await import(process.argv[1]);
    const { prisma } = await openEmbedded(process.argv[2]);
    await prisma.organization.create({ data: JSON.parse(process.argv[3]) });
    setInterval(() => prisma.organization.count(), 1);
    process.stdout.write('open');`;
  const args = ['--input-type=module', '-e', script, embedded, folder, JSON.stringify(acme)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.signalCode) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test(
  'what was kept is there the next time, and nobody else on the machine can read it',
  async () => {
    const first = await openEmbedded(folder);
    await saveAcme(first);
    await first.close();
    const second = await openEmbedded(folder);
    expect(await findAcme(second)).toEqual(acme);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await second.close();
  },
  aMinute,
);

test(
  'two that open an empty folder at once have one database',
  async () => {
    const both = await Promise.all([openEmbedded(folder), openEmbedded(folder)]);
    await saveAcme(both[0]);
    expect(await findAcme(both[1])).toEqual(acme);
    await expect(directoryOn(both[1].prisma).database.ping()).resolves.toBeUndefined();
    await both[1].close();
    await both[0].close();
  },
  aMinute,
);

describe('while another process has the folder', () => {
  let other: ChildProcess;
  const made = mkdtempSync(join(tmpdir(), 'doublecheck-test-'));

  // The first start makes the database, which takes seconds: once is enough.
  beforeAll(async () => {
    await (await openEmbedded(join(made, 'postgres'))).close();
  }, aMinute);
  afterAll(() => rmSync(made, { recursive: true, force: true }));

  beforeEach(async () => {
    cpSync(join(made, 'postgres'), folder, { recursive: true });
    other = await openElsewhere();
  }, aMinute);

  afterEach(() => kill(other));

  test('both see what either writes', async () => {
    const database = await openEmbedded(folder);
    expect(await findAcme(database)).toEqual(acme);
    expect(await saveAcme(database)).toEqual({ created: false });
    await database.close();
  });

  test('transactions and statements of many connections are not mixed up', async () => {
    const databases = await Promise.all([1, 2, 3].map(() => openEmbedded(folder)));
    await Promise.all(databases.map(countTo(20)));
    const [first] = databases;
    const language = first && (await findAcme(first))?.language;
    expect(language).toBe(String(3 * 20));
    await Promise.all(databases.map((database) => database.close()));
  });

  test('a connection that breaks off in a transaction leaves nothing of it behind', async () => {
    const broken = new Client({ host: folder, user: 'postgres', database: 'postgres' });
    await broken.connect();
    broken.on('error', () => {});
    await broken.query('BEGIN');
    await broken.query("UPDATE organizations SET policy = 'off'");
    (broken as unknown as { connection: { stream: Socket } }).connection.stream.destroy();
    const database = await openEmbedded(folder);
    expect(await findAcme(database)).toEqual(acme);
    await database.close();
  });

  test(
    'and is killed, the folder can be opened and has everything',
    async () => {
      await kill(other);
      const database = await openEmbedded(folder);
      expect(await findAcme(database)).toEqual(acme);
      await database.close();
    },
    aMinute,
  );
});

/** Adds one in a transaction of two statements, which would lose some if they were mixed up. */
const countTo =
  (times: number) =>
  async ({ prisma }: Database) => {
    for (let time = 0; time < times; time++) {
      await prisma.$transaction(async (tx) => {
        const { language } = await tx.organization.findUniqueOrThrow({ where: { id: 'acme' } });
        const next = String((Number(language) || 0) + 1);
        await tx.organization.update({ where: { id: 'acme' }, data: { language: next } });
      });
    }
  };
