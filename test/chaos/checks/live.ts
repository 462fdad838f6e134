import { longestLife, marginMs, mayBeForgotten } from '../excused-by-faults.ts';
import type { Call, History, Message, Violation } from '../history.ts';
import { answered, inWords, isUnsure, startOf } from '../history.ts';
import { cancelledAt, maySend, sendsIn, surelySent } from './send-requests.ts';

/** Every right guess had the code that was sent last, while it was alive. */
export function live(history: History): Violation[] {
  return history.calls.flatMap((call) => {
    const won = call.op === 'verify' ? answered(call, 200) : undefined;
    if (!won) return [];
    const { messages } = history;
    const sent = messages.filter(
      (one) =>
        one.challengeId === call.challengeId && one.digits === call.code && one.at <= won.endedAt,
    );
    if (sent.length === 0) return violation('a code nobody was sent succeeded', [call]);
    const objections = sent.map((one) => objection(history, call, one));
    return objections.includes(null) ? [] : (objections.find(Boolean) ?? []);
  });
}

/** Why this code must not have succeeded; null when it may. */
function objection(history: History, call: Call, message: Message): Violation | null {
  const guessedAt = startOf(call);
  const newer = supersededBy(history, message, guessedAt);
  if (newer) return violation('a code succeeded after a newer one was sent', [newer, call]);
  const cancel = history.calls.find((one) => {
    const at = one.challengeId === message.challengeId ? cancelledAt(one) : null;
    return at !== null && at < guessedAt && !mayBeForgotten(history, at);
  });
  if (cancel)
    return violation('a code succeeded in a challenge that was cancelled', [cancel, call]);
  const report = answeredBefore(history, message, guessedAt);
  if (report) return violation('a code succeeded long after its call was answered', [report, call]);
  const late = guessedAt - longestLife(history, message) - marginMs;
  return late > 0
    ? violation(`a code succeeded ${late} ms after the end of its life`, [call])
    : null;
}

/** A sending that began when this code was there, and had another in play before the guess began. */
function supersededBy(history: History, message: Message, guessedAt: number): Call | undefined {
  const sends = sendsIn(history, message.challengeId);
  return sends.find((call) =>
    call.attempts.some((attempt) => {
      const { startedAt, endedAt } = attempt;
      if (startedAt <= message.at || mayBeForgotten(history, endedAt)) return false;
      if (surelySent(call, attempt) && endedAt < guessedAt) return true;
      return maySend(attempt) && isHeard(history, message, { sends, since: startedAt, guessedAt });
    }),
  );
}

type Span = { sends: Call[]; since: number; guessedAt: number };

/** Whether another code reached a provider meanwhile, which no earlier sending can have brought. */
function isHeard(
  { messages }: History,
  message: Message,
  { sends, since, guessedAt }: Span,
): boolean {
  const earlier = sends
    .flatMap(({ attempts }) => attempts)
    .filter(({ startedAt }) => startedAt <= message.at);
  return messages.some(
    ({ challengeId, codeId, at }) =>
      challengeId === message.challengeId &&
      codeId !== message.codeId &&
      at > since &&
      at < guessedAt &&
      earlier.every((one) => !isUnsure(one) && one.endedAt < at),
  );
}

/** "The 30 seconds of a call's code start when it is answered": not after the report of its end. */
function answeredBefore(history: History, message: Message, guessedAt: number): Call | undefined {
  const reports = history.calls.filter(({ report }) => report?.codeId === message.codeId);
  const overAt = Math.min(...reports.filter(isEnd).map(startOf));
  return reports.find((call) => {
    const reported = call.report?.state === 'in-progress' ? answered(call, 204) : undefined;
    if (!reported || overAt <= reported.endedAt) return false;
    const died = reported.endedAt + history.terms.codeTtlMs + marginMs;
    return died < guessedAt && !mayBeForgotten(history, reported.endedAt);
  });
}

/** A report only moves a call forward. */
function isEnd({ report }: Call): boolean {
  return ['busy', 'no-answer'].includes(report?.state ?? '');
}

function violation(what: string, calls: Call[]): Violation {
  return { check: 'live', what, requests: calls.map((call) => inWords(call)) };
}
