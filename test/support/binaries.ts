import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackages, mayInstall } from './apt.ts';

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
  if (!mayInstall()) throw missing(name);
  process.stdout.write(`Installing ${debianPackage} for the tests\n`);
  installPackages(debianPackage);
}
