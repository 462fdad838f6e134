import {
  type Attempt,
  answered,
  type Call,
  type History,
  isUnsure,
  problemOf,
} from '../history.ts';

const sending = new Set(['start', 'add', 'send', 'enrol']);

/** The requests that may have had a code sent in a challenge, each with those attempts that may have. */
export function sendsIn({ calls }: History, challengeId: string): Call[] {
  return calls
    .filter((call) => sending.has(call.op) && challengesOf(call).includes(challengeId))
    .map((call) => ({
      ...call,
      attempts: call.attempts.filter((one) => (begunBy(call, one) ?? challengeId) === challengeId),
    }));
}

/** The challenges whose start was answered. */
export function startedChallenges({ calls }: History): Set<string | null> {
  return new Set(calls.filter(({ op }) => sending.has(op)).flatMap(challengesOf));
}

/** More than one when Redis forgot the answer: the same request again then begins another challenge. */
function challengesOf(call: Call): (string | null)[] {
  return [call.challengeId, ...call.attempts.map((one) => begunBy(call, one))].filter(Boolean);
}

function begunBy({ op }: Call, { answer }: Attempt): string | null {
  const begins = op === 'start' || op === 'add';
  return begins && answer?.status === 201 ? (answer.body['id'] ?? null) : null;
}

/**
 * Whether an attempt may have had a code sent: it was accepted, or nobody knows, or its challenge was
 * erased with its user's factors while the code was on its way.
 */
export function maySend(attempt: Attempt): boolean {
  if (isUnsure(attempt) || problemOf(attempt) === 'challenge-expired') return true;
  return Number(attempt.answer?.status) < 300 && !attempt.replayed;
}

/**
 * Whether it surely has put a new code in the place of any other. A request that comes again shows the code that it
 * had sent before, when a report told meanwhile that it was not lost.
 */
export function surelySent({ op }: Call, { startedAt, answer, replayed }: Attempt): boolean {
  if (replayed || op !== 'send') return false;
  const isOld = Date.parse(answer?.body['code']?.sentAt) < startedAt;
  return answer?.status === 502 || (answer?.status === 202 && !isOld);
}

export function cancelledAt(call: Call): number | null {
  return call.op === 'cancel' ? (answered(call, 204)?.endedAt ?? null) : null;
}
