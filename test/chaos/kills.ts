import { setTimeout as delay } from 'node:timers/promises';
import { eventsAnsweredBy } from './checks/recorded.ts';
import { type Fault, type History, inWords, isDefinite, type Violation } from './history.ts';
import type { Nemesis } from './round.ts';

/** When a replica is killed: as it answers an event of this type, or at any moment (null). */
export type Moment = string | null;

/** What an answer can tell of, and a replica be killed upon. */
export const observableEvents = [
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

/** Kills one replica after another, each in the middle of its work, and starts it again. */
export function killAt(moments: Moment[], onKill = (_count: number) => {}): Nemesis {
  return async ({ world: { fleet }, desk, chances }) => {
    const faults: Fault[] = [];
    for (const moment of moments) {
      await fleet.untilUp(2);
      let before = chances.below(4);
      const replica = await desk.next((call) => {
        if (moment && !eventsAnsweredBy(call).some((event) => event.startsWith(`${moment} `)))
          return false;
        before -= 1;
        return before < 0;
      });
      if (moment === null) await delay(chances.below(20));
      const from = Date.now();
      await fleet.kill(replica);
      const fault = { kind: 'replica', name: 'replica killed', replica, forgets: false } as const;
      faults.push({ ...fault, from, to: Date.now() });
      onKill(faults.length);
    }
    return faults;
  };
}

/** Calls that were sent again and again, and never got an answer to go by. */
export function unsettled({ calls }: History): Violation[] {
  const open = calls.filter(({ key, attempts }) => key && !attempts.some(isDefinite));
  return open.map((call) => {
    return {
      check: 'unsettled',
      what: 'nobody knows what became of it',
      requests: [inWords(call)],
    };
  });
}

/** How many requests were lost on the way. */
export function countLost({ calls }: Pick<History, 'calls'>): number {
  return calls.flatMap(({ attempts }) => attempts).filter(({ answer }) => !answer).length;
}
