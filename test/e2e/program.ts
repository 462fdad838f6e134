import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { bareEnvironment, root } from '../support/replica.ts';

/** A program of ours as a person runs it: what it prints, what is typed, how it ends. */
export type Program = {
  readonly pid: number;
  /** All it has printed so far. */
  readonly output: string;
  readonly errors: string;
  /** Waits for text in the output, after the text that was waited for before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  type(line: string): void;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
  /** Its exit code; null when a signal ended it. */
  readonly exit: Promise<number | null>;
};

type Options = { cwd: string; env?: Record<string, string> };

export { root };

/** Longer than any step takes on a slow machine: past it, a step will not come. */
export const slowWorkMs = 60_000;

/** Runs one of our files with Node, or a program by its name. */
export function run(command: string, args: string[], { cwd, env = {} }: Options): Program {
  const ours = command.endsWith('.ts');
  const [program, all] = ours
    ? [process.execPath, [join(root, command), ...args]]
    : [command, args];
  const child = spawn(program, all, { cwd, env: { ...bareEnvironment, ...env } });
  const output = follow(child.stdout);
  const errors = follow(child.stderr);
  const exit = once(child, 'close').then(([code]: (number | null)[]) => code ?? null);
  exit.then(output.end);
  return {
    pid: child.pid ?? 0,
    get output() {
      return output.text();
    },
    get errors() {
      return errors.text();
    },
    exit,
    until: (pattern) => output.until(pattern, () => errors.text()),
    type: (line) => void child.stdin.write(`${line}\n`),
    stop(signal = 'SIGTERM') {
      child.kill(signal);
      return exit;
    },
  };
}

function follow(stream: NonNullable<ChildProcess['stdout']>) {
  let text = '';
  let read = 0;
  let ended = false;
  let look = () => {};
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    look();
  });
  const find = (pattern: RegExp): RegExpExecArray | null => {
    const found = pattern.exec(text.slice(read));
    if (found) read += found.index + found[0].length;
    return found;
  };
  return {
    text: () => text,
    end() {
      ended = true;
      look();
    },
    until(pattern: RegExp, errors: () => string): Promise<RegExpExecArray> {
      const { promise, resolve: found, reject } = Promise.withResolvers<RegExpExecArray>();
      const missed = () =>
        reject(new Error(`never printed ${pattern}:\n${text.slice(read)}\n${errors()}`));
      const timer = setTimeout(missed, slowWorkMs);
      look = () => {
        const match = find(pattern);
        if (match) found(match);
        else if (ended) missed();
      };
      look();
      return promise.finally(() => clearTimeout(timer));
    },
  };
}

/** An empty folder to run in, and its end. */
export function emptyFolder(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'doublecheck-e2e-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Asks until the answer is yes. */
export async function eventually(limitMs: number, ask: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + limitMs;
  while (!(await ask())) {
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${ask}`);
    await delay(100);
  }
}
