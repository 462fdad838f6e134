import type { Cluster, Redis } from 'ioredis';
import type { LookOutcome } from '../../domain/ports.ts';
import { commandsIn, scriptText } from './script-text.ts';

/** The time of Redis in milliseconds, and the challenge as field, JSON, field, JSON, … */
export type Reply = [now: number, fields: string[]];

/** What the scripts take and return; the header of each .lua file says more. */
export interface Scripts {
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
  lookAtGuess(
    key: string,
    codeId: string,
    mac: string,
    attemptId: string,
    leaseMs: number,
  ): Promise<[...Reply, LookOutcome] | null>;
  forgetChallenges(index: string): Promise<null>;
  claimRequest(
    key: string,
    attemptId: string,
    claimMs: number,
    ...asked: string[]
  ): Promise<
    | ['claimed', first: string]
    | ['other-body']
    | ['under-way', leftMs: number]
    | ['answered', ageMs: number, answer: string]
  >;
  completeRequest(
    key: string,
    answers: string,
    attemptId: string,
    storeMs: number,
    answer: string,
    maxAnswers: number,
    maxBytes: number,
  ): Promise<null>;
  releaseRequest(key: string, attemptId: string, firstKnownMs: number): Promise<null>;
  /** The numbers of keys, the keys, the member, and the windows of each. */
  takeBudgets(
    budgets: number,
    ...keysMemberWindows: string[]
  ): Promise<[waitMs: number, ...taken: number[]]>;
  takeTurn(
    waiting: string,
    ends: string,
    granted: string,
    state: string,
    member: string,
    organization: string,
    interval: number,
    maxWait: number,
  ): Promise<['granted'] | ['waiting' | 'refused', ms: number]>;
  giveUpTurn(
    waiting: string,
    ends: string,
    granted: string,
    state: string,
    member: string,
    interval: number,
  ): Promise<null>;
  holdLine(
    line: string,
    owner: string,
    codeId: string,
    stage: 'waiting' | 'placing',
    life: number,
  ): Promise<[leftMs: number, ...older: string[]]>;
  nameCall(line: string, codeId: string, callId: string): Promise<0 | 1>;
  leaveLine(line: string, codeId: string): Promise<null>;
}

const files = {
  createChallenge: { file: 'create', numberOfKeys: 2 },
  readChallenge: { file: 'read', numberOfKeys: 1 },
  changeChallenge: { file: 'change', numberOfKeys: 2 },
  lookAtGuess: { file: 'look', numberOfKeys: 1 },
  forgetChallenges: { file: 'forget', numberOfKeys: 1 },
  claimRequest: { file: 'claim-request', numberOfKeys: 1 },
  completeRequest: { file: 'complete-request', numberOfKeys: 2 },
  releaseRequest: { file: 'release-request', numberOfKeys: 1 },
  takeBudgets: { file: 'take-budgets' },
  takeTurn: { file: 'take-turn', numberOfKeys: 4 },
  giveUpTurn: { file: 'give-up-turn', numberOfKeys: 4 },
  holdLine: { file: 'hold-line', numberOfKeys: 1 },
  nameCall: { file: 'name-call', numberOfKeys: 1 },
  leaveLine: { file: 'leave-line', numberOfKeys: 1 },
} satisfies Record<keyof Scripts, { file: string; numberOfKeys?: number }>;

/** Adds the scripts to the client. The client sends a script again to a server that lost it. */
export function withScripts<Client extends Redis | Cluster>(redis: Client): Client & Scripts {
  for (const [name, { file, ...keys }] of Object.entries(files)) {
    redis.defineCommand(name, { ...keys, lua: scriptText(file) });
  }
  return redis as Client & Scripts;
}

/** The commands outside scripts. */
const plainCommands = ['ZREM', 'SUBSCRIBE'];

/** A script that finds out whether a server does all that the service asks; see probe.lua. */
export function probeScript(): string {
  const all = Object.values(files).flatMap(({ file }) => commandsIn(file));
  return scriptText('probe', [...all, ...plainCommands]);
}
