import { faultsDuring } from '../excused-by-faults.ts';
import { type Attempt, type Call, type History, inWords, type Violation } from '../history.ts';

/** A request repeated with its key gets the same good answer again. */
export function replays(history: History): Violation[] {
  return history.calls.flatMap((call) => {
    const [first, ...later] = call.key === null ? [] : call.attempts.slice(firstGood(call));
    const other =
      first && later.find((one) => !agrees(one, first) && !isExcused(history, first, one));
    if (!other) return [];
    const what = 'a request that was sent again was answered otherwise';
    return { check: 'replays', what, requests: [inWords(call)] };
  });
}

function firstGood({ attempts }: Call): number {
  const index = attempts.findIndex(({ answer }) => answer !== null && answer.status < 300);
  return index < 0 ? attempts.length : index;
}

/** What is lost, or cannot be answered now, says nothing else. */
function agrees({ answer, replayed }: Attempt, first: Attempt): boolean {
  if (answer === null || answer.status >= 500) return true;
  return replayed && answer.status === first.answer?.status;
}

/** While Redis is away an answer cannot be replays, and then the work may be done again. */
function isExcused(history: History, { startedAt }: Attempt, { endedAt }: Attempt): boolean {
  return faultsDuring(history, startedAt, endedAt).some(({ kind }) => /redis|machine/.test(kind));
}
