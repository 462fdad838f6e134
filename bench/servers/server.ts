import type { Redis } from 'ioredis';
import type { Codes } from '../delivery/codes.ts';
import type { Person } from '../shared/people.ts';
import type { Http } from './http.ts';
import type { Program, ServerProcess } from './server-process.ts';

export const serverNames = [
  'Doublecheck',
  'traced',
  'before',
  'dressed floor',
  'bare floor',
  'Auth.js',
  'better-auth',
] as const;

export const peerNames: readonly ServerName[] = ['Auth.js', 'better-auth'];

export const floorNames: readonly ServerName[] = ['dressed floor', 'bare floor'];

export type ServerName = (typeof serverNames)[number];

/** The steps of a login. A peer has no `redeem`. */
export type Step = 'start' | 'verify' | 'redeem';

/** Milliseconds of each step. */
export type Timing = Partial<Record<Step, number>>;

export type Started = { credential: string; code: string };

/** `credential` is null when the code was wrong. */
export type Verified = { credential: string | null };

/** How somebody signs in at a server. Each step takes what the one before it gave. */
export type Steps = {
  start(person: Person): Promise<Started>;
  verify(started: Started, code?: string): Promise<Verified>;
  redeem?(verified: Verified, person: Person): Promise<void>;
  /** Other requests, by what they are. */
  others?: Record<string, (started: Started) => Promise<void>>;
};

export type StepsOf = (around: { http: Http; url: string; codes: Codes }) => Steps;

/** A server of the comparison, with a database and a Redis of its own. */
export type Server = {
  name: ServerName;
  /** What was started: its delivery is stubbed. */
  program: Program;
  /** The same as it ships. A floor and a peer are the same in both. */
  shipped: Program;
  stepsOf: StepsOf;
  process: ServerProcess;
  steps: Steps;
  redis: { client: Redis; pid: number };
  stop(): Promise<void>;
};
