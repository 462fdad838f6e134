import { readFileSync } from 'node:fs';
import type { Cluster, Redis } from 'ioredis';
import type { GuessOutcome } from '../../domain/ports.ts';

/** Redis' clock in milliseconds, and the challenge as field, JSON, field, JSON, … */
export type Reply = [now: number, fields: string[]];

/** What the scripts take and return; the header of each .lua file says more. */
export interface ChallengeScripts {
  createChallenge(
    key: string,
    index: string,
    life: number,
    grace: number,
    ...pairs: string[]
  ): Promise<Reply>;
  readChallenge(key: string): Promise<Reply | null>;
  changeChallenge(
    key: string,
    index: string,
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
  forgetChallenges(index: string): Promise<null>;
}

const files = {
  createChallenge: { file: 'create', numberOfKeys: 2 },
  readChallenge: { file: 'read', numberOfKeys: 1 },
  changeChallenge: { file: 'change', numberOfKeys: 2 },
  guessChallenge: { file: 'guess', numberOfKeys: 1 },
  forgetChallenges: { file: 'forget', numberOfKeys: 1 },
} satisfies Record<keyof ChallengeScripts, { file: string; numberOfKeys: number }>;

/** Teaches the client the scripts; it sends one again to a server that has lost it. */
export function withScripts<Client extends Redis | Cluster>(
  redis: Client,
): Client & ChallengeScripts {
  const common = lua('common');
  for (const [name, { file, numberOfKeys }] of Object.entries(files)) {
    redis.defineCommand(name, { numberOfKeys, lua: common + lua(file) });
  }
  return redis as Client & ChallengeScripts;
}

function lua(file: string): string {
  return readFileSync(new URL(`scripts/${file}.lua`, import.meta.url), 'utf8');
}
