import type { components } from './generated/api.ts';

type Body = components['schemas']['ChallengeProblem'];
type Named<Type> = Type extends `/problems/${infer Name}` ? Name : never;

export type ProblemName = Named<Body['type']>;

/** Refusals that say when to try again. */
type Waiting =
  | 'too-many-requests'
  | 'attempts-exhausted'
  | 'resend-too-early'
  | 'locked'
  | 'request-in-progress'
  | 'unavailable';

type Common = Omit<Body, 'type' | 'errors' | 'attemptsRemaining'>;

type More<Name> = (Name extends 'code-incorrect' | 'attempts-exhausted'
  ? { attemptsRemaining: number }
  : unknown) &
  (Name extends 'invalid-request' ? { errors: NonNullable<Body['errors']> } : unknown) &
  (Name extends Waiting ? { retryAfterSeconds: number } : unknown);

type Known = { [Name in ProblemName]: Common & { name: Name } & More<Name> }[ProblemName];

/** Why a call was refused: `name` tells which other fields there are. A newer service may say `unknown`. */
export type Problem = Known | (Common & { name: 'unknown'; type: string });

/** The service answered, and refused. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.name}: ${problem.title}`);
    this.problem = problem;
  }
}

/** No answer came, however often the call was repeated. What it asked for may have happened. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

const names: Record<ProblemName, true> = {
  'invalid-request': true,
  unauthenticated: true,
  'challenge-expired': true,
  forbidden: true,
  'actor-not-owner': true,
  'step-up-required': true,
  'verification-required': true,
  'enrolment-required': true,
  'not-found': true,
  'method-not-allowed': true,
  'code-not-sent': true,
  'challenge-finished': true,
  'factor-exists': true,
  'too-many-factors': true,
  'last-factor': true,
  'no-factor': true,
  'no-device': true,
  'request-in-progress': true,
  'result-already-redeemed': true,
  'code-expired': true,
  'payload-too-large': true,
  'unsupported-media-type': true,
  'code-incorrect': true,
  'phone-number-invalid': true,
  'destination-not-allowed': true,
  'idempotency-key-reused': true,
  'result-invalid': true,
  locked: true,
  'too-many-requests': true,
  'attempts-exhausted': true,
  'resend-too-early': true,
  internal: true,
  'delivery-failed': true,
  unavailable: true,
};

/** @param body a problem (RFC 9457), or whatever a proxy answered. */
export function toProblem(status: number, retryAfter: string | null, body: unknown): Problem {
  const fields = Object(body) as Partial<Body>;
  const type = String(fields.type ?? 'about:blank');
  const name = type.replace('/problems/', '');
  const common = {
    title: `Answered ${status}`,
    attemptsRemaining: 0,
    errors: [],
    ...fields,
    status,
  };
  if (!Object.hasOwn(names, name)) return { ...common, type, name: 'unknown' };
  const retryAfterSeconds = Math.max(0, Number(retryAfter ?? 1) || 0);
  return { ...common, name, retryAfterSeconds } as unknown as Problem;
}
