/** A mistake of whoever typed the command; told in one line, with the usage under it. */
export class UsageError extends Error {}

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
