/** What was asked of the service: each a kind of request. */
export type Op =
  | 'start'
  | 'add'
  | 'send'
  | 'enrol'
  | 'verify'
  | 'skip'
  | 'cancel'
  | 'look'
  | 'wait'
  | 'redeem'
  | 'report'
  | 'unlock'
  | 'factors'
  | 'reset'
  | 'promote'
  | 'remove'
  | 'policy'
  | 'deny'
  | 'recovery-codes'
  | 'devices'
  | 'done';

// biome-ignore lint/suspicious/noExplicitAny: a check reads what it expects, and fails otherwise.
export type Body = Record<string, any>;

export type Answer = { status: number; body: Body };

/** One sending of a request to one replica; the answer is null when it was lost on the way. */
export type Attempt = {
  startedAt: number;
  endedAt: number;
  replica: number;
  answer: Answer | null;
  /** Whether it was answered with what an earlier attempt was answered. */
  replayed: boolean;
};

/** One thing that was wanted. With a key it may have been sent several times, without one but once. */
export type Call = {
  id: number;
  op: Op;
  key: string | null;
  userId: string;
  /** Null when no answer contained it. */
  challengeId: string | null;
  /** The digits of a guess. */
  code: string | null;
  /** Whether a start had the token of a known device. */
  knownDevice?: boolean;
  /** The new factor that a guess confirms, as far as its screen knows. */
  confirms?: string | null;
  /** The code that a report of a call is about, and what it says of the call. */
  report: { codeId: string; state: string } | null;
  attempts: Attempt[];
};

/** A code as it reached a provider. */
export type Message = {
  at: number;
  via: 'call' | 'push';
  /** The number, or the push token. */
  to: string;
  userId: string | null;
  challengeId: string;
  codeId: string;
  digits: string;
  /** With a push: says that it was not its owner who asked. */
  denyToken?: string;
};

/** A time during which something was broken on purpose, or this machine had no time for us. */
export type Fault = {
  kind: 'replica' | 'redis' | 'postgres' | 'provider' | 'machine';
  name: string;
  from: number;
  to: number;
  /** Of what is done to one replica alone. */
  replica: number | null;
  /** Whether Redis may lose its latest writes in it. */
  forgets: boolean;
};

export type StoredFactor = {
  userId: string;
  id: string;
  method: string;
  address: string;
  primary: boolean;
};

/** What PostgreSQL holds at the end. */
export type FinalState = {
  /** Of each wrong guess on an account, the challenge. */
  wrongGuesses: string[];
  /** The challenges that were approved, by the trail. */
  approved: string[];
  /** Of each guess that the trail says was wrong. */
  lookedAt: { challengeId: string; attemptsRemaining: number }[];
  factors: StoredFactor[];
  /** Every event of the trail, as `type subject`: a challenge, or else a user. */
  events: string[];
};

/** The settings that checks have to know. */
export type Terms = { attempts: number; codeTtlMs: number; unheardMs: number };

export type History = {
  terms: Terms;
  calls: Call[];
  messages: Message[];
  faults: Fault[];
  /** The errors that the replicas logged. */
  log: string[];
  finalState: FinalState;
};

/** Something that must not have happened, with the requests that show it. */
export type Violation = { check: string; what: string; requests: string[] };

export const startOf = ({ attempts }: Call): number => attempts[0]?.startedAt ?? 0;

/** Whether the caller now knows where they stand: it was done, or was not and never will be. */
export function isDefinite(attempt: Attempt): boolean {
  return !isUnsure(attempt) && problemOf(attempt) !== 'request-in-progress';
}

/** The attempt that was answered with this status; a replay only tells of another. */
export function answered(call: Call, status: number): Attempt | undefined {
  return call.attempts.find(({ answer, replayed }) => answer?.status === status && !replayed);
}

export function problemOf({ answer }: Attempt): string | null {
  const type = answer?.body['type'];
  return typeof type === 'string' ? type.replace('/problems/', '') : null;
}

/** Whether it is not known if the work was done. */
export function isUnsure({ answer }: Attempt): boolean {
  return answer === null || answer.status >= 500;
}

export function inWords(call: Call, since = 0): string {
  const { id, op, key, userId, challengeId, code, confirms, attempts } = call;
  const seconds = (ms: number) => ((ms - since) / 1000).toFixed(3);
  const tries = attempts.map((one) => {
    const end = one.answer ? `${one.answer.status} ${problemOf(one) ?? ''}`.trim() : 'lost';
    const again = one.replayed ? ' (replayed)' : '';
    return `${seconds(one.startedAt)}–${seconds(one.endedAt)} at ${one.replica}: ${end}${again}`;
  });
  const about = [
    userId,
    challengeId,
    code && `code ${code}`,
    confirms && `confirms ${confirms}`,
    key ? `key ${key}` : 'no key',
  ];
  return `#${id} ${op} ${about.filter(Boolean).join(', ')}; ${tries.join('; ')}`;
}
