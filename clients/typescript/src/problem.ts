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
    super(`${problem.name}: ${problem.title}. ${reasonOf(problem)}`);
    this.problem = problem;
  }
}

/** Which fields are wrong, or what happened and what helps. */
function reasonOf(problem: Problem): string {
  const errors = problem.name === 'invalid-request' ? problem.errors : [];
  const wrong = errors.map(({ pointer, detail }) => `${pointer} ${detail}`);
  return wrong.join('; ') || problem.detail || '';
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

const wait = { retryAfterSeconds: 1 };

/** What the type says is there, should a proxy have lost it. */
const promised: Partial<Record<ProblemName, object>> = {
  'code-incorrect': { attemptsRemaining: 0 },
  'attempts-exhausted': { attemptsRemaining: 0, ...wait },
  'invalid-request': { errors: [] },
  'too-many-requests': wait,
  'resend-too-early': wait,
  locked: wait,
  'request-in-progress': wait,
  unavailable: wait,
};

/** @param body a problem (RFC 9457), or whatever a proxy answered. */
export function toProblem(status: number, retryAfter: string | null, body: unknown): Problem {
  const fields = Object(body) as Partial<Body>;
  const type = String(fields.type ?? 'about:blank');
  const name = type.replace('/problems/', '');
  const common = { title: `Answered ${status}`, ...fields, status };
  if (!Object.hasOwn(names, name)) return { ...common, type, name: 'unknown' } as Problem;
  const asked = retryAfter !== null && { retryAfterSeconds: Math.max(0, Number(retryAfter) || 0) };
  return { ...promised[name as ProblemName], ...common, name, ...asked } as Problem;
}
