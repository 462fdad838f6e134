import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { type Database, withGroups } from '../connection/client.ts';
import { embeddedStatements } from '../connection/statements.ts';
import { PrismaClient } from '../generated/client.ts';
import { migrate } from '../migrations/migrate.ts';
import { lockFolder, socketIn } from './folder-lock.ts';
import { serveRequests } from './request-server.ts';

/** Some systems cut off a longer path to a socket; the name of the socket comes on top. */
const maxFolderLength = 80;

/** One transaction at a time: the next one waits, also on a busy machine. */
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };
const groupLimits = { answerMs: 20_000 };

/**
 * A PostgreSQL inside this process that has its files in `folder`, for trying the service out, with
 * all migrations applied. It belongs to this process alone. `answer` answers what other processes
 * send meanwhile; a request waits until the database is open.
 *
 * @throws FolderInUseError when another process has the folder open.
 */
export async function openEmbedded(
  folder: string,
  answer: (request: string, database: Database) => Promise<string>,
): Promise<Database> {
  const home = prepare(resolve(folder));
  const lock = lockFolder(home);
  const opening = open(join(home, 'data'));
  const requests = serveRequests(socketIn(home), async (request) => answer(request, await opening));
  const closeFolder = () => {
    requests.close();
    lock.close();
  };
  try {
    const { close, ...database } = await opening;
    return { ...database, close: () => requests.answered().then(close).finally(closeFolder) };
  } catch (thrown) {
    closeFolder();
    throw thrown;
  }
}

function prepare(folder: string): string {
  if (folder.length > maxFolderLength) {
    throw new Error(`The path of the data folder is too long for a socket in it: ${folder}`);
  }
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  return folder;
}

async function open(folder: string): Promise<Database> {
  const db = await PGlite.create(folder);
  await migrate(db);
  const prisma = new PrismaClient({ adapter: new PrismaPGlite(db), transactionOptions });
  const close = async () => {
    await prisma.$disconnect();
    await db.close();
  };
  return withGroups({ prisma, run: embeddedStatements(db), close }, groupLimits);
}
