import { createHash } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { LookOutcome } from '../../domain/ports.ts';
import { commandsIn, scriptText } from './script-text.ts';

/** The time of Redis in milliseconds, and the challenge as field, JSON, field, JSON, … */
type Reply = [now: number, fields: string[]];
type Arguments = (string | number)[];

/** What the scripts take and return; the header of each .lua file says more. */
export interface Scripts {
  createChallenge(
    numberOfKeys: number,
    ...keysAndArguments: Arguments
  ): Promise<
    | [outcome: 'created' | 'known', now: number, fields?: string[]]
    | [outcome: 'starts' | 'codes', retryAfterMs: number]
  >;
  readChallenge(key: string): Promise<Reply | null>;
  changeChallenge(
    numberOfKeys: number,
    ...keysAndArguments: Arguments
  ): Promise<['changed' | 'conflict', ...Reply] | null>;
  lookAtGuess(
    key: string,
    codeId: string,
    mac: string,
    attemptId: string,
    leaseMs: number,
    version: number,
  ): Promise<
    | [
        outcome: LookOutcome,
        now: number,
        version: number,
        attemptsRemaining: number,
        wrongGuesses: number,
        fields?: string[],
      ]
    | null
  >;
  openChallenges(
    started: string,
    prefix: string,
    lane: string,
  ): Promise<[now: number, challenges: string[][]]>;
  hideResult(key: string, redeemedBy: string): Promise<null>;
  forgetChallenges(started: string, prefix: string): Promise<null>;
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
  takeBudgets(
    numberOfKeys: number,
    ...keysAndArguments: Arguments
  ): Promise<[waitMs: number, ...fullOrTaken: number[]]>;
  takeTurn(
    waiting: string,
    ends: string,
    granted: string,
    state: string,
    member: string,
    organization: string,
    interval: number,
    maxWait: number,
    soon: number,
  ): Promise<[state: 'granted' | 'waiting' | 'refused', ms: number]>;
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
    how: 'join' | 'take',
    holdMs: number,
    lifeMs: number,
    outranks: string,
  ): Promise<['busy', leftMs: number] | ['joined'] | ['taken', ...older: string[]]>;
  nameCall(line: string, codeId: string, callId: string): Promise<0 | 1>;
  leaveLine(line: string, codeId: string): Promise<null>;
}

const files = {
  createChallenge: { file: 'create' },
  readChallenge: { file: 'read', numberOfKeys: 1 },
  changeChallenge: { file: 'change' },
  lookAtGuess: { file: 'look', numberOfKeys: 1 },
  openChallenges: { file: 'open', numberOfKeys: 1 },
  hideResult: { file: 'hide-result', numberOfKeys: 1 },
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

/** The name of each script, by its text and by what `EVALSHA` calls it. */
export function scriptNames(): ReadonlyMap<string, string> {
  const names = Object.values(files).flatMap(({ file }) => {
    const text = scriptText(file);
    const digest = createHash('sha1').update(text).digest('hex');
    return [[text, file] as const, [digest, file] as const];
  });
  return new Map(names);
}

/** The commands outside scripts. */
const plainCommands = ['ZREM', 'SUBSCRIBE'];

/** A script that finds out whether a server does all that the service asks; see probe.lua. */
export function probeScript(): string {
  const all = Object.values(files).flatMap(({ file }) => commandsIn(file));
  return scriptText('probe', [...all, ...plainCommands]);
}
