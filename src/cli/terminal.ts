/** A mistake in the command as it was typed: one line, with the usage under it. */
export class UsageError extends Error {}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
