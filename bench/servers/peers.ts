import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Stores } from './doublecheck.ts';
import type { Program } from './server-process.ts';

const folder = join(import.meta.dirname, '../peers');
const run = promisify(execFile);

/** Their packages have a lock of their own, and are installed when the bench first needs them. */
export async function installPeers(): Promise<void> {
  if (existsSync(join(folder, 'node_modules'))) return;
  await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
}

/** A peer with its users. */
export async function preparePeer(
  file: string,
  { databaseUrl, redisUrl }: Stores,
  { users, log }: { users: number; log: string },
): Promise<Program> {
  const env = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl };
  const args = [join(folder, file)];
  const inFolder = { cwd: folder, env: { ...process.env, ...env } };
  await run(process.execPath, [...args, 'prepare', String(users)], inFolder);
  return { args, cwd: folder, env, log };
}
