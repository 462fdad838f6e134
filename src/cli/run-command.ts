import { type Command, CommanderError } from 'commander';
import { FolderInUseError } from '../adapters/postgres/embedded/folder-lock.ts';
import { Problem } from '../domain/problems.ts';
import { type Cli, type Report, type Surroundings, UsageError } from './command.ts';
import { createProgram } from './program.ts';

/** What a command ends with: 0 done, 1 failed, 2 wrong usage. */
export type Reply = { exitCode: number; output: string; errors: string };

/**
 * Runs what was typed. With `--json` the output is one JSON object, and so is an error.
 *
 * @throws FolderInUseError, before it does anything, when another process has to run the command.
 */
export async function runCommand(args: string[], around: Surroundings): Promise<Reply> {
  const asJson = args.includes('--json');
  let output = '';
  let errors = '';
  let failure: string | undefined;
  const tell = (report: Report) => {
    output += `${asJson ? JSON.stringify(report.json) : report.lines.join('\n')}\n`;
    failure = report.failure;
  };
  const cli = { around, reports: reportsTo(tell) };
  const program = createProgram(cli, {
    writeOut: (text) => {
      output += text;
    },
    writeErr: (text) => {
      errors += text;
    },
  });
  const failed = (exitCode: number, message: string, inWords = `doublecheck: ${message}\n`) => {
    const told = asJson ? `${JSON.stringify({ error: message, exitCode })}\n` : inWords;
    return { exitCode, output, errors: told };
  };
  try {
    await program.parseAsync(args, { from: 'user' });
    return failure === undefined ? { exitCode: 0, output, errors } : failed(1, failure);
  } catch (error) {
    if (error instanceof FolderInUseError) throw error;
    if (!(error instanceof CommanderError)) return failed(1, explain(error));
    if (error.exitCode === 0) return { exitCode: 0, output, errors };
    return failed(2, reasonOf(error), errors);
  }
}

function reportsTo(tell: (report: Report) => void): Cli['reports'] {
  return (work) =>
    async (...given) => {
      const command = given.at(-1) as Command;
      try {
        tell(await work(...(given as never)));
      } catch (error) {
        if (error instanceof UsageError) command.error(`error: ${error.message}`);
        throw error;
      }
    };
}

/** Without a command, the library prints help and says nothing. */
function reasonOf({ code, message }: CommanderError): string {
  if (code === 'commander.help') return 'a command is missing';
  return message.replace(/^error: /, '').replaceAll('\n', ' ');
}

/** The line with the reason. Prisma's messages also have a heading and advice. */
function explain(error: unknown): string {
  if (error instanceof Problem) return explainProblem(error);
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').find((line) => line && !line.startsWith('Invalid `')) ?? message;
}

function explainProblem({ kind, extra, cause }: Problem): string {
  if (extra.detail) return extra.detail;
  if (kind.name !== 'unavailable') return kind.title;
  return `PostgreSQL or Redis does not answer: ${explain(cause)}`;
}
