import { chmodSync, mkdirSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import type { Database } from '../connection/client.ts';
import { PrismaClient } from '../generated/client.ts';
import { migrate } from '../migrations/migrate.ts';
import { holdFolder } from './folder-lock.ts';
import { serveConnection } from './wire-protocol.ts';

/** Where PostgreSQL's own programs look for it, given the folder as host. */
const socketName = '.s.PGSQL.5432';

/** Some systems cut off a longer path to a socket; the name above has yet to follow. */
const longestFolder = 80;

/** One transaction at a time: the next one waits, also on a busy machine. */
const transactionOptions = { maxWait: 10_000, timeout: 10_000 };

/**
 * A PostgreSQL inside this process that keeps its files in `folder`, for trying the service out,
 * with all migrations applied. Where another process has the folder open already, as a running
 * service has for the command line, its database is used, through a socket.
 */
export async function openEmbedded(folder: string): Promise<Database> {
  const home = prepare(resolve(folder));
  const opening = Promise.withResolvers<PGlite>();
  opening.promise.catch(() => {});
  const held = await holdFolder(join(home, socketName), (socket) => serve(socket, opening.promise));
  if (!held) return connectTo(home);
  try {
    const db = await PGlite.create(join(home, 'data'));
    const prisma = await openHere(db);
    opening.resolve(db);
    const close = async () => {
      await prisma.$disconnect();
      await db.close();
      await held.release();
    };
    return { prisma, close };
  } catch (thrown) {
    opening.reject(thrown);
    await held.release();
    throw thrown;
  }
}

function prepare(folder: string): string {
  if (folder.length > longestFolder) {
    throw new Error(`The path of the data folder is too long for a socket in it: ${folder}`);
  }
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o700);
  return folder;
}

async function openHere(db: PGlite): Promise<PrismaClient> {
  await migrate(db);
  return new PrismaClient({ adapter: new PrismaPGlite(db), transactionOptions });
}

async function serve(socket: Socket, opening: Promise<PGlite>): Promise<void> {
  try {
    await serveConnection(await opening, socket);
  } catch {
    // It broke off, or the database is closing: nobody is left to be told.
  } finally {
    socket.destroy();
  }
}

/** The other process may still be opening it, which the first time takes seconds. */
async function connectTo(folder: string): Promise<Database> {
  const there = { host: folder, port: 5432, user: 'postgres', database: 'postgres' };
  const adapter = new PrismaPg({ ...there, max: 1, connectionTimeoutMillis: 30_000 });
  const prisma = new PrismaClient({ adapter, transactionOptions });
  await prisma.$queryRaw`SELECT 1`;
  return { prisma, close: () => prisma.$disconnect() };
}
