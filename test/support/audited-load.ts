import { setTimeout as delay } from 'node:timers/promises';
import { oneOf, startFleet } from '../chaos/fleet.ts';
import { type Call, isDefinite, newCall, settleMs } from './history.ts';
import { attempt } from './sending.ts';
import type { Desk } from './visits.ts';

/** When a replica is killed: as it has told of an event of this type, or at no moment in particular. */
export type Moment = string | null;

export type Load = Awaited<ReturnType<typeof startLoad>>;

/** What just happened between a caller and a replica. */
type Stir = { index: number; events: string[] };

/** Replicas that are killed and started again while people sign in on them, and all that was asked. */
export async function startLoad(env: Record<string, string>, apiKey: string, size: number) {
  const fleet = await startFleet(env, size);
  const history: Call[] = [];
  let listen: ((stir: Stir) => void) | null = null;

  const once = async (call: Call) => {
    await fleet.untilUp(1);
    const index = oneOf(fleet.up());
    listen?.({ index, events: [] });
    const { answer } = await attempt(fleet.urlOf(index), call);
    if (answer) listen?.({ index, events: call.says(answer) });
    return answer;
  };

  /** Sends a call, and the same again, until it is known what became of it. */
  const call: Desk['call'] = async (request, says) => {
    const wanted = newCall(request, says);
    history.push(wanted);
    let answer = await once(wanted);
    while (!isDefinite(answer) && Date.now() < patienceOf(wanted)) {
      await delay(200);
      answer = await once(wanted);
    }
    return isDefinite(answer) ? answer : null;
  };

  /** The replica to kill, at the very moment: what its answer told must be on disk by now. */
  const untilMoment = (moment: Moment): Promise<number> =>
    new Promise((resolve) => {
      let after = 1 + Math.floor(Math.random() * 8);
      listen = ({ index, events }) => {
        if (moment && !events.some((event) => event.startsWith(`${moment} `))) return;
        after -= 1;
        if (after > 0) return;
        listen = null;
        resolve(index);
      };
    });

  return {
    apiKey,
    codes: fleet.codes,
    history,
    call,
    /** Kills a replica that is in the middle of something, as long as another is left. */
    async kill(moment: Moment): Promise<void> {
      await fleet.untilUp(Math.min(2, size));
      const index = await untilMoment(moment);
      if (moment === null) await delay(Math.random() * 20);
      await fleet.kill(index);
    },
    /** The whole trail of an organization, as it is streamed. */
    async trail(organizationId: string): Promise<Record<string, string | null>[]> {
      const url = fleet.urlOf(oneOf(fleet.up()));
      const response = await fetch(`${url}/v1/organizations/${organizationId}/events`, {
        headers: { authorization: `Bearer ${apiKey}`, accept: 'application/x-ndjson' },
      });
      const lines = (await response.text()).split('\n').filter(Boolean);
      return lines.map((line) => JSON.parse(line));
    },
    stop: fleet.stop,
  };
}

/** Until when a call is sent again: a retry that is itself lost may have to be waited for, too. */
function patienceOf({ attempts }: Call): number {
  const lost = attempts.findLast(({ answer }) => !answer) ?? attempts[0];
  return (lost?.endedAt ?? 0) + settleMs;
}
