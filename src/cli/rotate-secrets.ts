import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { fileOf, readConfig } from '../config/config.ts';
import type { Secret, SecretRing } from '../domain/secrets/keys.ts';
import { type Report, UsageError } from './command.ts';

type Given = { kid?: string; print?: true; atOnce?: true };

/** As one of SECRETS. */
const textOf = ({ kid, bytes }: Secret) => `${kid}:${bytes.toString('base64url')}`;

export async function newSecret({ kid = newKid() }: Given): Promise<Report> {
  const secret = textOf({ kid, bytes: randomBytes(32) });
  return { lines: [secret], json: { kid, secret } };
}

/** The first step: a replica that has not restarted yet cannot read what is under a secret it lacks. */
export async function addSecret({ kid: given, print, atOnce }: Given): Promise<Report> {
  const ring = readRing();
  const kids = ring.map((secret) => secret.kid);
  const kid = given ?? newKid(kids);
  if (kids.includes(kid)) throw new UsageError(`SECRETS has a secret called ${kid} already`);
  const made = { kid, bytes: randomBytes(32) };
  const [first, ...others] = ring;
  const next: SecretRing = atOnce ? [made, ...ring] : [first, made, ...others];
  const command = atOnce ? 'secrets reencrypt' : `secrets promote ${kid}`;
  return keep(next, { print, done: `${kid} is ${atOnce ? 'first' : 'second'}`, command });
}

export async function promoteSecret(kid: string, { print }: Given): Promise<Report> {
  const ring = readRing();
  const promoted = ring.find((secret) => secret.kid === kid);
  if (!promoted) throw new Error(`SECRETS has no ${kid}, but ${kidsOf(ring)}`);
  const next: SecretRing = [promoted, ...ring.filter((secret) => secret !== promoted)];
  return keep(next, { print, done: `${kid} is first`, command: 'secrets reencrypt' });
}

function readRing(): SecretRing {
  const ring = readConfig().SECRETS;
  if (ring) return ring;
  throw new Error('SECRETS is not set: make one with secrets new, and set it');
}

/** Writes the file of SECRETS, or prints the value on the last line. */
function keep(
  ring: SecretRing,
  { print, done, command }: { print: true | undefined; done: string; command: string },
): Report {
  const value = ring.map(textOf).join(',');
  const file = print ? null : fileOf('SECRETS');
  const restart = `restart every replica, then run ${command}`;
  const kids = ring.map(({ kid }) => kid);
  if (file === null)
    return {
      lines: [`${done}: set SECRETS to the last line, ${restart}`, value],
      json: { kids, secrets: value, next: command },
    };
  replaceFile(file, `${value}\n`);
  return { lines: [`${done} in ${file}: ${restart}`], json: { kids, file, next: command } };
}

/** Whole or not at all: half a secret would be the loss of all numbers. */
function replaceFile(file: string, text: string): void {
  const beside = `${realpathSync(file)}.new`;
  try {
    const { mode, uid, gid } = statSync(file);
    writeFileSync(beside, text, { mode: 0o600, flush: true });
    chownSync(beside, uid, gid);
    chmodSync(beside, mode & 0o777);
    renameSync(beside, realpathSync(file));
  } catch (error) {
    if (existsSync(beside)) rmSync(beside, { recursive: true });
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${file} cannot be replaced here (${code}): use --print, and put it there`);
  }
}

function kidsOf(ring: SecretRing): string {
  return ring.map(({ kid }) => kid).join(', ');
}

/** Sorts by the day on which it was made. */
function newKid(taken: readonly string[] = []): string {
  const today = `k${new Date().toISOString().slice(0, 10).replaceAll('-', '')}`;
  const names = [today, ...taken.map((_, i) => `${today}-${i + 2}`)];
  return names.find((name) => !taken.includes(name)) ?? today;
}
