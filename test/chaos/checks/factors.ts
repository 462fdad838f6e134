import {
  type Call,
  type History,
  isUnsure,
  problemOf,
  type StoredFactor,
  type Violation,
} from '../history.ts';

/** A user with factors has one primary, and a code came back from each factor. */
export function factors(history: History): Violation[] {
  const owners = Map.groupBy(history.finalState.factors, ({ userId }) => userId);
  return [
    ...[...owners].flatMap(([userId, own]) => primaries(userId, own)),
    ...history.finalState.factors.flatMap((factor) => unconfirmed(history, factor)),
  ];
}

function primaries(userId: string, own: StoredFactor[]): Violation[] {
  const count = own.filter(({ primary }) => primary).length;
  if (count === 1) return [];
  return [violation(`${userId} has ${own.length} factors, ${count} of them primary`)];
}

function unconfirmed(history: History, { userId, id, method, address }: StoredFactor): Violation[] {
  const sent = history.messages.filter(
    (one) =>
      one.userId === userId && one.via === method && (method === 'push' || one.to === address),
  );
  const codes = new Set(sent.map(({ challengeId, digits }) => `${challengeId} ${digits}`));
  const proved = history.calls.some(
    (call) => maySucceed(call) && codes.has(`${call.challengeId} ${call.code}`),
  );
  return proved ? [] : [violation(`${method} ${id} of ${userId} was never confirmed by a code`)];
}

/** Possible answers to a right code when another one came between its look and its end. */
const overtaken = ['code-not-sent', 'factor-exists', 'challenge-finished', 'request-in-progress'];

function maySucceed({ op, attempts }: Call): boolean {
  if (op !== 'verify') return false;
  return attempts.some(
    (one) =>
      isUnsure(one) || one.answer?.status === 200 || overtaken.includes(problemOf(one) ?? ''),
  );
}

function violation(what: string): Violation {
  return { check: 'factors', what, requests: [] };
}
