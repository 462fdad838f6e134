#!/usr/bin/env node
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { commandLimits } from './adapters/postgres/connection/limits.ts';
import { FolderInUseError } from './adapters/postgres/embedded/folder-lock.ts';
import { type Reply, runCommand } from './cli/run-command.ts';
import { askService } from './cli/running-service.ts';
import { readSecrets } from './cli/stores.ts';
import { readConfig, readDatabaseUrl } from './config/config.ts';
import { redisTopology } from './config/redis-settings.ts';
import type { Log } from './domain/ports.ts';
import { openDatabase, wire } from './wire.ts';

const args = process.argv.slice(2);
const account = accountName();
let confirmed = false;

/** A container may run under a number that has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

const warn = (_context: object, message: string) =>
  void process.stderr.write(`doublecheck: ${message}\n`);
const log: Log = { info() {}, warn, error: warn };

function progress(line: string): void {
  if (!args.includes('--json')) process.stderr.write(`${line}\n`);
}

async function openParts() {
  const config = readConfig();
  const { deps: live, test, close } = await wire(config, readSecrets(), log, commandLimits);
  // With the embedded database open here, no service is running.
  const reachesStore = redisTopology(config) !== null || config.DATABASE_URL === null;
  return { live, test, reachesStore, close };
}

async function confirm(question: string): Promise<boolean | null> {
  if (!process.stdin.isTTY) return null;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  confirmed = /^y(es)?$/i.test(answer.trim());
  return confirmed;
}

function runHere(): Promise<Reply> {
  const open = () => openDatabase(readDatabaseUrl(), { limits: commandLimits });
  return runCommand(args, { account, openDatabase: open, openParts, progress, confirm });
}

function runInService(inUse: unknown): Promise<Reply> {
  if (!(inUse instanceof FolderInUseError)) throw inUse;
  return askService(inUse.socket, { args, account, confirmed });
}

const { exitCode, output, errors } = await runHere().catch(runInService);
process.stdout.write(output);
process.stderr.write(errors);
process.exitCode = exitCode;
