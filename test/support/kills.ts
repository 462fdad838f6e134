import type { Load, Moment } from './audited-load.ts';
import { doubleSuccesses, lostCalls, missing, told, unsettled } from './history.ts';
import { visitors } from './visits.ts';

/** What an answer can tell of, and a replica be killed upon. */
export const tellable = [
  'challenge.started',
  'code.sent',
  'code.wrong',
  'factor.added',
  'enrolment.skipped',
  'challenge.approved',
  'challenge.cancelled',
  'user.unlocked',
  'user.policy-changed',
];

type Plan = { lanes: number; moments: Moment[]; onKill?: (count: number) => void };

/** Lets people sign in while replicas are killed, one after another, and tells what came of it. */
export async function killUnderLoad(load: Load, { lanes, moments, onKill }: Plan) {
  let open = true;
  const people = Array.from({ length: lanes }, (_, lane) => visitors(load, lane, () => open));
  for (const [index, moment] of moments.entries()) {
    await load.kill(moment);
    onKill?.(index + 1);
  }
  open = false;
  await Promise.all(people);

  const { history } = load;
  const events = told(history);
  const recorded = (await load.trail('acme')).map(
    ({ type, challengeId, userId }) => `${type} ${challengeId ?? userId}`,
  );
  return {
    calls: history.length,
    lost: lostCalls(history).length,
    events,
    /** What must be nothing. */
    wrong: {
      /** Told, and not in the trail. */
      unrecorded: missing(events, recorded),
      /** Codes and results that two callers succeeded with. */
      twice: doubleSuccesses(history),
      /** Calls whose retries led to nothing. */
      unsettled: unsettled(history),
    },
  };
}
