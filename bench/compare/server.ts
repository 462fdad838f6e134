import type { Redis } from 'ioredis';
import type { Person } from '../shared/people.ts';
import type { Http } from './http.ts';
import type { Program, ServerProcess } from './server-process.ts';

/** The steps of a login. A peer may have fewer. */
export type Step = 'start' | 'verify' | 'redeem';

/** Milliseconds of each step that a login has. */
export type Timing = Partial<Record<Step, number>>;

/** What a login holds between its steps. Each step takes the one before it. */
export type Steps = {
  start(person: Person): Promise<Started>;
  verify(started: Started, code?: string): Promise<Verified>;
  redeem?(verified: Verified, person: Person): Promise<void>;
};

export type Started = { credential: string; code: string };

/** `credential` is null when the code was wrong. */
export type Verified = { credential: string | null };

export type ServerName =
  | 'today'
  | 'before'
  | 'bare floor'
  | 'dressed floor'
  | 'better-auth'
  | 'Auth.js';

/** A server of the comparison, with a Redis of its own. */
export type Server = {
  name: ServerName;
  program: Program;
  process: ServerProcess;
  http: Http;
  steps: Steps;
  redis: { client: Redis; pid: number };
};
