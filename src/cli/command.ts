import type { Database } from '../adapters/postgres/connection/client.ts';

/** Where a command runs: in a process of its own, or in the service for another process. */
export type Surroundings = {
  /** The account of the operating system that typed the command. */
  account: string;
  print(line: string): void;
  printError(text: string): void;
  /** The command closes it. */
  openDatabase(): Promise<Database>;
};

/** One command of the command line. */
export type Command = {
  /** What follows its name. */
  usage: string;
  /** What it does, for `--help`. */
  help: string;
  /** @param args the words after its name. */
  run(args: string[], around: Surroundings): Promise<void>;
};

/** A mistake in the command as it was typed: one line, with the usage under it. */
export class UsageError extends Error {}
