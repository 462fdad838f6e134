import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import type { GuessOutcome } from '../../domain/ports.ts';

/** Redis' clock in milliseconds, and the challenge as field, JSON, field, JSON, … */
export type Reply = [now: number, fields: string[]];

/** What the scripts take and return; the header of each .lua file says more. */
export interface ChallengeScripts {
  createChallenge(key: string, life: number, grace: number, ...pairs: string[]): Promise<Reply>;
  readChallenge(key: string): Promise<Reply | null>;
  changeChallenge(
    key: string,
    version: number,
    keep: number,
    grace: number,
    ...pairs: string[]
  ): Promise<Reply | 'conflict' | null>;
  guessChallenge(
    key: string,
    codeId: string,
    mac: string,
  ): Promise<[...Reply, GuessOutcome] | null>;
}

const files = {
  createChallenge: 'create',
  readChallenge: 'read',
  changeChallenge: 'change',
  guessChallenge: 'guess',
} satisfies Record<keyof ChallengeScripts, string>;

/** Teaches the client the scripts; it sends one again to a server that has lost it. */
export function withScripts<Client extends Redis | Cluster>(
  redis: Client,
): Client & ChallengeScripts {
  const common = lua('common');
  for (const [name, file] of Object.entries(files)) {
    redis.defineCommand(name, { numberOfKeys: 1, lua: common + lua(file) });
  }
  return redis as Client & ChallengeScripts;
}

function lua(file: string): string {
  return readFileSync(new URL(`scripts/${file}.lua`, import.meta.url), 'utf8');
}
