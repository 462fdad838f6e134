import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { scriptText } from '../../src/adapters/redis/script-text.ts';
import { root } from '../e2e/program.ts';
import { startTap } from './tap.ts';

/**
 * Both ends of the line are in this process, so what is to be said in one turn is heard within so many turns, of a
 * millisecond at least. After a pause of the process one turn may take long, but hears what came meanwhile.
 */
const quietTurns = 25;

/**
 * A server in front of a Redis. It holds each reply until the client says nothing more without one: what
 * was said until then is one round.
 */
export async function watchRedis(url: string) {
  let rounds: string[][] = [];
  let said: string[] = [];
  let replies: (() => void)[] = [];
  let isSilent = false;
  let timer: NodeJS.Timeout | undefined;

  const endRound = () => {
    if (isSilent) return;
    if (said.length > 0) rounds.push(said.sort());
    for (const reply of replies) reply();
    [said, replies] = [[], []];
  };
  const wait = (turns = quietTurns) => {
    clearTimeout(timer);
    timer = setTimeout(turns > 1 ? () => wait(turns - 1) : endRound, 1);
  };
  const tap = await startTap(url, ({ near, far }) => {
    const read = commandReader((command) => said.push(...nameOf(command)));
    near.on('data', (chunk: Buffer) => {
      read(chunk);
      far.write(chunk);
      wait();
    });
    far.on('data', (chunk: Buffer) => {
      replies.push(() => near.write(chunk));
      wait();
    });
  });
  return {
    ...tap,
    /** What was asked since the last time: the scripts of each round by name, and other commands. */
    async take(): Promise<string[][]> {
      while (said.length > 0 || replies.length > 0) await delay(quietTurns);
      const taken = rounds;
      rounds = [];
      return taken;
    },
    /** Redis hears everything and answers nothing until the work is done. */
    async whileSilent<T>(work: () => Promise<T>): Promise<T> {
      isSilent = true;
      const done = await work();
      isSilent = false;
      wait();
      return done;
    },
    async close(): Promise<void> {
      clearTimeout(timer);
      await tap.close();
    },
  };
}

const sha1 = (text: string) => createHash('sha1').update(text).digest('hex');

const folder = join(root, 'src/adapters/redis/scripts');
const scripts = new Map(
  readdirSync(folder).map((file) => {
    const name = file.replace('.lua', '');
    return [sha1(scriptText(name)), name];
  }),
);

/** What a client says of itself, and looks at the server by, is none of a login's. */
const housekeeping = /^(info|ping|select|client|hello|auth|subscribe|unsubscribe|publish)$/;

function nameOf([command = '', argument = '']: string[]): string[] {
  const name = command.toLowerCase();
  if (name === 'evalsha') return [scripts.get(argument) ?? 'a script that is not known'];
  // The first time, a client sends the script itself.
  if (name === 'eval') return [scripts.get(sha1(argument)) ?? []].flat();
  return housekeeping.test(name) ? [] : [name];
}

/** Reads the commands of one connection: arrays of texts in RESP. */
function commandReader(hear: (command: string[]) => void): (chunk: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      const read = readCommand(rest);
      if (!read) return;
      hear(read.command);
      rest = rest.subarray(read.end);
    }
  };
}

function readCommand(text: Buffer): { command: string[]; end: number } | null {
  const command: string[] = [];
  const head = readNumber(text, 0);
  if (!head) return null;
  let { end } = head;
  for (let i = 0; i < head.number; i += 1) {
    const length = readNumber(text, end);
    if (!length || text.length < length.end + length.number + 2) return null;
    command.push(text.toString('utf8', length.end, length.end + length.number));
    end = length.end + length.number + 2;
  }
  return { command, end };
}

/** A line of a mark and a number. */
function readNumber(text: Buffer, start: number): { number: number; end: number } | null {
  const end = text.indexOf('\r\n', start);
  return end < 0 ? null : { number: Number(text.toString('utf8', start + 1, end)), end: end + 2 };
}
