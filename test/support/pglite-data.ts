import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { migrate } from '../../src/adapters/postgres/migrations/migrate.ts';

const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/doublecheck');

/** The file with the data of a migrated PGlite. Making it takes seconds, so later runs take it too. */
export async function migratedPGlite(): Promise<string> {
  const name = `pglite-${hashOfSources()}.tar`;
  const file = join(cache, name);
  if (existsSync(file)) return file;
  mkdirSync(cache, { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, await makeData());
  renameSync(unfinished, file);
  // Node keeps the compiled code of `npm start` here too.
  const older = readdirSync(cache).filter((one) => one.startsWith('pglite') && one !== name);
  for (const one of older) rmSync(join(cache, one));
  return file;
}

async function makeData(): Promise<Uint8Array> {
  const db = new PGlite();
  await migrate(db);
  const data = await db.dumpDataDir('none');
  await db.close();
  return data.bytes();
}

/** Of all that decides what is in the data. */
function hashOfSources(): string {
  const migrations = join(root, 'prisma/migrations');
  const names = readdirSync(migrations, { recursive: true, encoding: 'utf8' }).sort();
  const sources = [
    ...names.filter((name) => name.endsWith('.sql')).map((name) => join(migrations, name)),
    join(root, 'src/adapters/postgres/migrations/migrate.ts'),
    join(root, 'node_modules/@electric-sql/pglite/package.json'),
  ];
  const hash = createHash('sha256');
  for (const source of sources) hash.update(source.slice(root.length)).update(readFileSync(source));
  return hash.digest('hex');
}
