/** What can go wrong, once: the status, the words, and what the reader can do about it. */
const table = {
  'invalid-request': [400, 'The request is not as described', 'Mend the fields named in `errors`.'],
  unauthenticated: [401, 'No valid credential', 'Send a valid API key or challenge token.'],
  'challenge-expired': [401, 'The challenge is over', 'Start a new login.'],
  forbidden: [403, 'The credential does not reach this far', 'Use an API key with this scope.'],
  'actor-not-owner': [
    403,
    'Only the user themself may do this',
    'Have the user sign in and do it; an administrator can remove and reset.',
  ],
  'step-up-required': [
    403,
    'A fresh second factor is needed',
    'Send the id of a challenge approved with a second factor in the last 15 minutes.',
  ],
  'verification-required': [
    403,
    'A factor has to be verified first',
    'Enter a code of one of the active factors before setting up another.',
  ],
  'enrolment-required': [
    403,
    'This step may not be skipped',
    'Set up a factor: the organization requires it.',
  ],
  'not-found': [404, 'There is no such thing', 'Check the address and the ids in it.'],
  'method-not-allowed': [405, 'This address does not take that method', 'See the `Allow` header.'],
  'code-not-sent': [409, 'No code is in play', 'Ask for a code first.'],
  'challenge-finished': [409, 'The challenge has ended', 'Start a new login.'],
  'factor-exists': [409, 'The user has this factor already', 'Choose another number or method.'],
  'too-many-factors': [409, 'The user has as many factors as there may be', 'Remove one first.'],
  'last-factor': [
    409,
    'The last factor may not be removed',
    'Add another first: the policy is mandatory.',
  ],
  'no-factor': [409, 'There is no factor to send a code to', 'Set up a factor first.'],
  'no-device': [409, 'No app can receive a push message', 'Sign in on the Qaller app first.'],
  'request-in-progress': [
    409,
    'The same request is under way',
    'Try again after `Retry-After` seconds.',
  ],
  'result-already-redeemed': [
    409,
    'The result was redeemed before',
    'Treat the login as failed: somebody may have replayed it.',
  ],
  'code-expired': [410, 'The code is past its time', 'Ask for a new code.'],
  'payload-too-large': [413, 'The body is too large', 'Send at most 16 KiB.'],
  'unsupported-media-type': [415, 'The body is not JSON', 'Send `Content-Type: application/json`.'],
  'code-incorrect': [422, 'The code is not correct', 'Try again; `attemptsRemaining` are left.'],
  'phone-number-invalid': [
    422,
    'This is not a phone number',
    'Give 7 to 15 digits, with or without country code.',
  ],
  'destination-not-allowed': [
    422,
    'This number may not be called',
    'Give a mobile or fixed number in a country that is served.',
  ],
  'idempotency-key-reused': [
    422,
    'The idempotency key was used with another body',
    'Use a new key for a new request.',
  ],
  'result-invalid': [
    422,
    'This is not a valid result',
    'Treat the login as failed: the token is forged, expired or not yours.',
  ],
  locked: [
    429,
    'Too many wrong guesses',
    'Try again after `Retry-After` seconds, or have an administrator lift the lock.',
  ],
  'too-many-requests': [
    429,
    'Too many codes were asked for',
    'Try again after `Retry-After` seconds.',
  ],
  'attempts-exhausted': [429, 'The attempts of this code are used up', 'Ask for a new code.'],
  'resend-too-early': [
    429,
    'The code that was sent is still valid',
    'Wait for `Retry-After` seconds, or use another method.',
  ],
  internal: [500, 'Something went wrong here', 'Try again; tell us the request id if it stays.'],
  'delivery-failed': [
    502,
    'The code could not be delivered',
    'Ask for a new code, or use another method.',
  ],
  unavailable: [503, 'The service cannot answer now', 'Try again after `Retry-After` seconds.'],
} as const satisfies Record<string, readonly [status: number, title: string, remedy: string]>;

export type ProblemName = keyof typeof table;

export type ProblemKind = { name: ProblemName; status: number; title: string; remedy: string };

export const problemNames = Object.keys(table) as ProblemName[];

export function problemKind(name: ProblemName): ProblemKind {
  const [status, title, remedy] = table[name];
  return { name, status, title, remedy };
}

type Extra = {
  /** What happened this time, for the reader; never an input repeated. */
  detail?: string;
  attemptsRemaining?: number;
  /** When to come back, in milliseconds; `Retry-After` rounds it up to seconds. */
  retryAfterMs?: number;
  errors?: { pointer: string; detail: string }[];
  /** For the log alone. */
  cause?: unknown;
};

/** An outcome that the contract has a name for. */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly extra: Omit<Extra, 'cause'>;

  constructor(name: ProblemName, { cause, ...extra }: Extra = {}) {
    super(name, { cause });
    this.kind = problemKind(name);
    this.extra = extra;
  }

  /** Narrows whatever was thrown to one kind of problem. */
  static is(thrown: unknown, name: ProblemName): thrown is Problem {
    return thrown instanceof Problem && thrown.kind.name === name;
  }
}
