import { type Command, InvalidArgumentError } from 'commander';
import type { Database } from '../adapters/postgres/connection/client.ts';
import type { Deps } from '../domain/ports.ts';
import { isOpaqueId } from '../http/schemas/fields.ts';

/** All that the service runs on, for commands that are use cases of it. */
export type Parts = {
  live: Deps;
  test: Deps;
  /** Whether challenges and budgets are where the service has them. */
  reachesStore: boolean;
  close(): Promise<void>;
};

/** Where a command runs: in a process of its own, or in the service for another process. */
export type Surroundings = {
  /** The account of the operating system that typed the command. */
  account: string;
  /** The command closes it. */
  openDatabase(): Promise<Database>;
  /** All that the service runs on. The command closes it. */
  openParts(): Promise<Parts>;
  /** For a person who waits: not part of the output. */
  progress(line: string): void;
  /** Asks the person. Null when there is no terminal. */
  confirm(question: string): Promise<boolean | null>;
};

/** What a command did or found: lines for a person, and the same as one JSON object. */
export type Report = {
  lines: string[];
  json: object;
  /** Why the command ends with 1 all the same. */
  failure?: string;
};

/** What each command needs to be one: it does its work and hands in a report. */
export type Cli = {
  around: Surroundings;
  /** Makes an action of work. Its last argument is the command itself. */
  reports<Given extends unknown[]>(
    work: (...given: Given) => Promise<Report>,
  ): (...given: [...Given, Command]) => Promise<void>;
};

/** A command that cannot be meant as it was typed. */
export class UsageError extends Error {}

/** Adds lines that can be copied to the help of a command. */
export function withExamples(command: Command, ...examples: string[]): Command {
  const lines = examples.map((example) => `  doublecheck ${example}`);
  return command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
}

/** For an option that takes a list. Given twice, both lists count. */
export function listItems(list: string, before: string[] = []): string[] {
  return [...new Set([...before, ...list.split(',').map((item) => item.trim())])];
}

/** For an argument that is the id of an organization or a user. */
export function readId(id: string): string {
  if (isOpaqueId(id)) return id;
  throw new InvalidArgumentError('It is 1 to 128 printable characters, without space at the ends.');
}

/** For an option that takes a whole number. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new InvalidArgumentError(`It is a whole number from ${min} to ${max}.`);
  };
}
