import { looksGiven } from '../excused-by-faults.ts';
import type { Attempt, Call, History, Violation } from '../history.ts';
import { answered, inWords, isUnsure, problemOf } from '../history.ts';
import { maySend, sendsIn } from './send-requests.ts';

/** A code is looked at five times, and each look that was wrong is on the account. */
export function looks(history: History): Violation[] {
  const wrong = wrongAnswers(history);
  return [...tooMany(history, wrong), ...tooManyInTrail(history), ...unaccounted(history, wrong)];
}

/** A guess that its maker knows was looked at. */
type Wrong = { call: Call; attempt: Attempt };

function wrongAnswers({ calls }: History): Wrong[] {
  return calls
    .filter(({ op }) => op === 'verify')
    .flatMap((call) => {
      const attempt = call.attempts.find(
        (one) => problemOf(one) === 'code-incorrect' && !one.replayed,
      );
      return attempt ? [{ call, attempt }] : [];
    });
}

/** Each look uses another attempt: a number that comes twice is a look that was not counted. */
function tooMany(history: History, wrong: Wrong[]): Violation[] {
  const groups = Map.groupBy(wrong, (one) => lookOf(history, one));
  return [...groups].flatMap(([look, group]) => {
    if (look === null) return [];
    const sentAt = Date.parse(look.split(' ')[1] ?? '');
    const given = looksGiven(history, sentAt, sentAt + history.terms.unheardMs);
    if (group.length <= given) return [];
    return violation(`${group.length} guesses were told ${look.split(' ')[2]} left`, group);
  });
}

/** The challenge, when its code was sent, and what is left; null where a newer code may be shown. */
function lookOf(history: History, { call, attempt }: Wrong): string | null {
  const { attemptsRemaining, challenge } = attempt.answer?.body ?? {};
  const shown = challenge?.code;
  if (!shown || shown.attemptsRemaining > attemptsRemaining || !call.challengeId) return null;
  const meanwhile = sendsIn(history, call.challengeId).some(({ attempts }) =>
    attempts.some(
      (one) =>
        one.startedAt <= attempt.endedAt && (isUnsure(one) || one.endedAt >= attempt.startedAt),
    ),
  );
  return meanwhile ? null : `${call.challengeId} ${shown.sentAt} ${attemptsRemaining}`;
}

/** The same for guesses without an answer. */
function tooManyInTrail(history: History): Violation[] {
  const { lookedAt } = history.finalState;
  const groups = Map.groupBy(lookedAt, (one) => `${one.challengeId} ${one.attemptsRemaining}`);
  return [...groups].flatMap(([look, group]) => {
    const [challengeId = '', left] = look.split(' ');
    const sends = sendsIn(history, challengeId);
    const attempts = sends.flatMap((call) => call.attempts);
    const from = Math.min(...attempts.map(({ startedAt }) => startedAt));
    const to = Math.max(...attempts.map(({ endedAt }) => endedAt)) + history.terms.unheardMs;
    const codes = attempts.filter(maySend).length;
    if (group.length <= Math.max(1, codes) * looksGiven(history, from, to)) return [];
    const what = `${group.length} guesses at ${codes} codes left ${left} attempts, by the trail`;
    return { check: 'looks', what, requests: sends.map((call) => inWords(call)) };
  });
}

/** "A wrong guess in a challenge that is never approved stays on the user's account." */
function unaccounted(history: History, wrong: Wrong[]): Violation[] {
  const { wrongGuesses } = history.finalState;
  const approved = new Set(history.finalState.approved);
  const rowsByChallenge = Map.groupBy(wrongGuesses, (challengeId) => challengeId);
  const owed = wrong.filter(
    ({ call, attempt }) =>
      !approved.has(call.challengeId ?? '') &&
      !provedEdit(history, call.challengeId) &&
      !isCleared(history, call.userId, attempt.startedAt),
  );
  const groups = Map.groupBy(owed, ({ call }) => call.challengeId ?? '');
  return [...groups].flatMap(([challengeId, group]) => {
    const rows = rowsByChallenge.get(challengeId)?.length ?? 0;
    if (rows >= group.length) return [];
    return violation(`${group.length} wrong guesses, ${rows} of them on the account`, group);
  });
}

/** An edit takes its wrong guesses off as soon as the second factor is proved, and that may be unknown. */
function provedEdit({ calls }: History, challengeId: string | null): boolean {
  const own = calls.filter((call) => call.challengeId === challengeId);
  const begun = own.find(({ op }) => op === 'start');
  if (!begun || answered(begun, 201)?.answer?.body['purpose'] !== 'edit') return false;
  return own.some(({ op, attempts }) => {
    return op === 'verify' && attempts.some((one) => isUnsure(one) || one.answer?.status === 200);
  });
}

/** A statement of an unlock whose answer was lost may be carried out when the server is back. */
const lateMs = 10_000;

function isCleared({ calls }: History, userId: string, since: number): boolean {
  return calls.some(
    (call) =>
      call.op === 'unlock' &&
      call.userId === userId &&
      call.attempts.some(
        (one) =>
          (isUnsure(one) || one.answer?.status === 204) &&
          one.endedAt + (isUnsure(one) ? lateMs : 0) >= since,
      ),
  );
}

function violation(what: string, wrong: Wrong[]): Violation {
  return { check: 'looks', what, requests: wrong.map(({ call }) => inWords(call)) };
}
