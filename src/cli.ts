#!/usr/bin/env node
import { userInfo } from 'node:os';
import { FolderInUseError } from './adapters/postgres/embedded/folder-lock.ts';
import { type Reply, runCommand } from './cli/run-command.ts';
import { askService } from './cli/running-service.ts';
import { readDatabaseUrl } from './config/config.ts';
import { openDatabase } from './wire.ts';

const args = process.argv.slice(2);
const account = accountName();

/** A container may run under a number that has no name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.()}`;
  }
}

function runHere(): Promise<Reply> {
  return runCommand(args, { account, openDatabase: () => openDatabase(readDatabaseUrl()) });
}

function runInService(inUse: unknown): Promise<Reply> {
  if (!(inUse instanceof FolderInUseError)) throw inUse;
  return askService(inUse.socket, { args, account });
}

const { exitCode, output, errors } = await runHere().catch(runInService);
process.stdout.write(output);
process.stderr.write(errors);
process.exitCode = exitCode;
