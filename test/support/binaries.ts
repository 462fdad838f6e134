import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { aptLock } from './apt.ts';

const debianPostgres = '/usr/lib/postgresql';

/** Where Debian installs servers. It is not on the PATH of ordinary users. */
const debianServers = '/usr/sbin';

/** A Debian package by the program that shows it is there. */
const packages: Record<string, string> = {
  'redis-server': 'redis-server',
  initdb: 'postgresql',
  postgres: 'postgresql',
  pg_dump: 'postgresql',
  pg_restore: 'postgresql',
  haproxy: 'haproxy',
  pgbouncer: 'pgbouncer',
};

/** The full path of a program, or of one that does instead; installs its package where that is possible. */
export function binary(name: string, ...instead: string[]): string {
  const found = [name, ...instead].map(find).find((path) => path !== undefined);
  if (found) return found;
  install(name, packages[name] ?? name);
  const installed = find(name);
  if (!installed) throw missing(name);
  return installed;
}

function find(name: string): string | undefined {
  return folders()
    .map((folder) => join(folder, name))
    .find(isProgram);
}

function folders(): string[] {
  const onPath = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), debianServers];
  if (!existsSync(debianPostgres)) return onPath;
  const newestFirst = readdirSync(debianPostgres).sort((a, b) => Number(b) - Number(a));
  return [...onPath, ...newestFirst.map((version) => join(debianPostgres, version, 'bin'))];
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function missing(name: string): Error {
  return new Error(`The tests need ${name}: install the package ${packages[name] ?? name}.`);
}

function install(name: string, debianPackage: string): void {
  if (process.getuid?.() !== 0 || !find('apt-get')) throw missing(name);
  process.stdout.write(`Installing ${debianPackage} for the tests\n`);
  withoutStartingServices(() => {
    aptGet(['update']);
    aptGet(['install', '--yes', '--no-install-recommends', debianPackage]);
  });
}

function aptGet(args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('flock', [aptLock, 'apt-get', ...args], { env, stdio: 'pipe' });
  } catch (cause) {
    throw new Error(`apt-get ${args.join(' ')} failed; install it by hand.`, { cause });
  }
}

/** Debian starts what it installs, unless this file says no: nothing may hold the usual ports. */
function withoutStartingServices(work: () => void) {
  const veto = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(veto);
  if (ours) writeFileSync(veto, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(veto, { force: true });
  }
}
