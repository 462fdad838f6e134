import { answered, type Call, type History, inWords, type Violation } from '../history.ts';

/** A code lets one request succeed, and a result is redeemed by one: a replay is the same request. */
export function once(history: History): Violation[] {
  return [...codesTwice(history), ...resultsTwice(history)];
}

function codesTwice(history: History): Violation[] {
  const winners = history.calls.filter((call) => call.op === 'verify' && answered(call, 200));
  const groups = Map.groupBy(winners, ({ challengeId, code }) => `${challengeId} ${code}`);
  return [...groups].flatMap(([guess, calls]) =>
    calls.length > Math.max(1, codesLike(history, guess))
      ? violation(`${calls.length} requests succeeded with one code`, calls)
      : [],
  );
}

/** The same digits may by chance come twice in one challenge. */
function codesLike({ messages }: History, guess: string): number {
  const alike = messages.filter(({ challengeId, digits }) => `${challengeId} ${digits}` === guess);
  return new Set(alike.map(({ codeId }) => codeId)).size;
}

function resultsTwice({ calls }: History): Violation[] {
  const redeemed = calls.filter((call) => call.op === 'redeem' && answered(call, 200));
  const groups = Map.groupBy(redeemed, (call) => answered(call, 200)?.answer?.body['jti']);
  return [...groups.values()].flatMap((group) =>
    group.length > 1 ? violation(`${group.length} requests redeemed one result`, group) : [],
  );
}

function violation(what: string, calls: Call[]): Violation {
  return { check: 'once', what, requests: calls.map((call) => inWords(call)) };
}
