import type { Command } from 'commander';
import type { Database } from '../adapters/postgres/connection/client.ts';

/** Where a command runs: in a process of its own, or in the service for another process. */
export type Surroundings = {
  /** The account of the operating system that typed the command. */
  account: string;
  /** The command closes it. */
  openDatabase(): Promise<Database>;
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
