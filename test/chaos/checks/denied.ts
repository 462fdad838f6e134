import { mayBeForgotten } from '../excused-by-faults.ts';
import { answered, type Call, type History, inWords, startOf, type Violation } from '../history.ts';

/** After "it was not me", no code and no result of that challenge lets anybody in. */
export function denied(history: History): Violation[] {
  const denials = history.calls.filter(({ op }) => op === 'deny');
  return denials.flatMap((denial) => {
    const at = answered(denial, 204)?.endedAt;
    if (at === undefined) return [];
    const own = history.calls.filter(({ challengeId }) => challengeId === denial.challengeId);
    const later = own.filter((call) => startOf(call) > at && answered(call, 200));
    return later
      .filter(({ op }) => op === 'redeem' || (op === 'verify' && !mayBeForgotten(history, at)))
      .map((call) => violation(denial, call));
  });
}

function violation(denial: Call, call: Call): Violation {
  const what = `${call.op} succeeded in a challenge that was denied`;
  return { check: 'denied', what, requests: [denial, call].map((one) => inWords(one)) };
}
