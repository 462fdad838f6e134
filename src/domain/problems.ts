const table = {
  'invalid-request': [400, 'The request is not valid', 'Correct the fields named in `errors`.'],
  unauthenticated: [401, 'No valid credential', 'Send a valid API key or challenge token.'],
  'challenge-expired': [401, 'The challenge is over', 'Start a new login.'],
  forbidden: [403, 'The credential does not allow this', 'Use an API key with this scope.'],
  'actor-not-owner': [
    403,
    'Only the user may do this',
    'Let the user sign in and do it. An administrator can only remove and reset.',
  ],
  'step-up-required': [
    403,
    'A fresh second factor is needed',
    'Send the id of a challenge approved with a second factor in the last 15 minutes.',
  ],
  'verification-required': [
    403,
    'A factor must be verified first',
    'Enter a code of an active factor. Then set up another.',
  ],
  'enrolment-required': [
    403,
    'This step may not be skipped',
    'Set up a factor. The organization requires it.',
  ],
  'not-found': [404, 'This does not exist', 'Check the path and the ids in it.'],
  'method-not-allowed': [
    405,
    'The path does not allow this method',
    'Use a method from the `Allow` header.',
  ],
  'code-not-sent': [409, 'No code is valid now', 'Ask for a code first.'],
  'challenge-finished': [409, 'The challenge has ended', 'Start a new login.'],
  'factor-exists': [409, 'The user already has this factor', 'Choose another number or method.'],
  'too-many-factors': [409, 'The user has the maximum number of factors', 'Remove a factor first.'],
  'last-factor': [
    409,
    'The last factor may not be removed',
    'Add another factor first. The policy is mandatory.',
  ],
  'no-factor': [409, 'There is no factor to send a code to', 'Set up a factor first.'],
  'no-device': [409, 'No app can receive a push message', 'Sign in to the Qaller app first.'],
  'request-in-progress': [
    409,
    'The same request is still being processed',
    'Try again after `Retry-After` seconds.',
  ],
  'result-already-redeemed': [
    409,
    'The result was already redeemed',
    'Treat the login as failed. Someone may have replayed the result.',
  ],
  'code-expired': [410, 'The code has expired', 'Ask for a new code.'],
  'payload-too-large': [413, 'The body is too large', 'Send at most 16 KiB.'],
  'unsupported-media-type': [415, 'The body is not JSON', 'Send `Content-Type: application/json`.'],
  'code-incorrect': [
    422,
    'The code is not correct',
    'Try again. `attemptsRemaining` says how often.',
  ],
  'phone-number-invalid': [
    422,
    'This is not a phone number',
    'Use 7 to 15 digits, with or without a country code.',
  ],
  'destination-not-allowed': [
    422,
    'This number cannot be called',
    'Use a mobile or fixed number in a country that is allowed.',
  ],
  'idempotency-key-reused': [
    422,
    'The idempotency key was used with a different body',
    'Use a new key for a new request.',
  ],
  'result-invalid': [
    422,
    'This is not a valid result',
    'Treat the login as failed. The token is forged, expired or for another client.',
  ],
  locked: [
    429,
    'Too many wrong guesses',
    'Try again after `Retry-After` seconds, or ask an administrator to unlock the user.',
  ],
  'too-many-requests': [429, 'Too many requests', 'Try again after `Retry-After` seconds.'],
  'attempts-exhausted': [429, 'No attempts are left for this code', 'Ask for a new code.'],
  'resend-too-early': [
    429,
    'It is too early for a new code',
    'Wait for `Retry-After` seconds, or use another method.',
  ],
  internal: [500, 'The service failed', 'Try again. If it fails again, report the request id.'],
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
  /** What happened this time. Never repeats an input. */
  detail?: string;
  attemptsRemaining?: number;
  /** `Retry-After` rounds it up to seconds. */
  retryAfterMs?: number;
  errors?: { pointer: string; detail: string }[];
  /** The user's phone said "it was not me". */
  denied?: boolean;
  cause?: unknown;
};

export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly extra: Omit<Extra, 'cause'>;

  constructor(name: ProblemName, { cause, ...extra }: Extra = {}) {
    super(name, { cause });
    this.kind = problemKind(name);
    this.extra = extra;
  }

  static is(thrown: unknown, name: ProblemName): thrown is Problem {
    return thrown instanceof Problem && thrown.kind.name === name;
  }
}
