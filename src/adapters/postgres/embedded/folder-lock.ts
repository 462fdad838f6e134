import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Another process has the folder open, and answers requests at `socket`. */
export class FolderInUseError extends Error {
  readonly socket: string;
  constructor(folder: string) {
    super(`${folder} is in use: another process of the service has it open`);
    this.socket = socketIn(folder);
  }
}

export function socketIn(folder: string): string {
  return join(folder, 'socket');
}

const sqliteBusy = 5;

/** The operating system unlocks it when the process is killed. @throws FolderInUseError when another has it. */
export function lockFolder(folder: string): DatabaseSync {
  const lock = new DatabaseSync(join(folder, 'lock'), { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return lock;
  } catch (thrown) {
    lock.close();
    throw Object(thrown).errcode === sqliteBusy ? new FolderInUseError(folder) : thrown;
  }
}
