import { randomUUID } from 'node:crypto';

/** What somebody wants done. */
export type Request = {
  method: string;
  path: string;
  bearer: string;
  body?: object;
  actor?: string;
};

export type Answer = { status: number; body: Record<string, unknown> };

/** What the answer to a call says has happened: each as `type subject`. */
export type Says = (answer: Answer) => string[];

/** One sending of a request; the answer is null when it was lost on the way. */
export type Attempt = { endedAt: number; answer: Answer | null };

/** One thing that was wanted, and every attempt at it: all carry the one key. */
export type Call = { key: string; request: Request; says: Says; attempts: Attempt[] };

/** Longer than the claim of a replica that died lasts on a request. */
export const settleMs = 21_000;

export function newCall(request: Request, says: Says): Call {
  return { key: randomUUID(), request, says, attempts: [] };
}

/** Whether the caller knows the outcome: it was done, or it was not and never will be. */
export function isDefinite(answer: Answer | null): answer is Answer {
  if (!answer || answer.status >= 500) return false;
  return answer.body['type'] !== '/problems/request-in-progress';
}

export function lastAnswer({ attempts }: Call): Answer | null {
  return attempts.at(-1)?.answer ?? null;
}

export function lostCalls(history: Call[]): Call[] {
  return history.filter(({ attempts }) => attempts.some(({ answer }) => !answer));
}

/** Calls that never got a definite answer, however often they were sent again. */
export function unsettled(history: Call[]): string[] {
  return history.filter((call) => !isDefinite(lastAnswer(call))).map(inWords);
}

/** All that the answers told has happened, each once however often it was told. */
export function told(history: Call[]): string[] {
  return history.flatMap((call) => {
    const answer = lastAnswer(call);
    return answer ? call.says(answer) : [];
  });
}

/** What can succeed for one caller alone: a code in its challenge, a result. */
const onceOnly = /^\/v1\/(challenge\/verify|results\/redeem)$/;

/** Codes and results that more than one call succeeded with. */
export function doubleSuccesses(history: Call[]): string[] {
  const winners = Map.groupBy(history.filter(hasSucceeded), subject);
  return [...winners.values()]
    .filter((calls) => calls.length > 1)
    .flatMap((calls) => calls.map(inWords));
}

function hasSucceeded({ request, attempts }: Call): boolean {
  return onceOnly.test(request.path) && attempts.some(({ answer }) => answer?.status === 200);
}

function subject({ request }: Call): string {
  const { path, bearer, body } = request;
  return JSON.stringify([path, bearer, body]);
}

/** What was told more often than it was recorded. */
export function missing(events: string[], recorded: string[]): string[] {
  const counts = new Map<string, number>();
  for (const event of recorded) counts.set(event, (counts.get(event) ?? 0) + 1);
  return events.filter((event) => {
    const left = counts.get(event) ?? 0;
    counts.set(event, left - 1);
    return left <= 0;
  });
}

export function inWords({ key, request, attempts }: Call): string {
  const ends = attempts.map(({ answer }) =>
    answer ? `${answer.status} ${answer.body['type'] ?? ''}` : 'lost',
  );
  return `${request.method} ${request.path} ${key}: ${ends.join(', ')}`;
}
