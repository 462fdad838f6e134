import { userInfo } from 'node:os';
import { FolderInUseError } from './adapters/postgres/embedded/folder-lock.ts';
import { runCommand } from './cli/run-command.ts';
import { askService } from './cli/running-service.ts';
import { readDatabaseUrl } from './config/config.ts';
import { openDatabase } from './wire.ts';

const args = process.argv.slice(2);
const account = userInfo().username;

async function runHere(): Promise<number> {
  return runCommand(args, {
    account,
    print: (line) => process.stdout.write(`${line}\n`),
    printError: (text) => process.stderr.write(text),
    openDatabase: () => openDatabase(readDatabaseUrl()),
  });
}

async function runInService(inUse: unknown): Promise<number> {
  if (!(inUse instanceof FolderInUseError)) throw inUse;
  const { exitCode, output, errors } = await askService(inUse.socket, { args, account });
  process.stdout.write(output);
  process.stderr.write(errors);
  return exitCode;
}

process.exitCode = await runHere().catch(runInService);
