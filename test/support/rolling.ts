import { setTimeout as delay } from 'node:timers/promises';
import { startBalancer } from '../chaos/balancer.ts';
import { type Fleet, startFleet } from '../chaos/fleet.ts';
import type { Deployment } from './deployment.ts';
import { type Call, inWords, lastAnswer, newCall } from './history.ts';
import { attempt } from './sending.ts';
import { type Desk, visitors } from './visits.ts';

const size = 3;

type Plan = { rounds: number; lanes: number; onRound?: (count: number) => void };

/** Restarts replicas behind a balancer, one after another, round after round, while people sign in. */
export async function restartUnderLoad(deployment: Deployment, plan: Plan) {
  const fleet = await startFleet(deployment.env, size);
  const balancer = await startBalancer(fleet.ports);
  try {
    await untilReady(balancer.url);
    return await restartAll(fleet, deskAt(balancer.url, fleet, deployment.apiKey), plan);
  } finally {
    await fleet.stop();
    await balancer.stop();
  }
}

type ObservedDesk = Desk & { history: Call[] };

async function restartAll(fleet: Fleet, desk: ObservedDesk, { rounds, lanes, onRound }: Plan) {
  const exits: unknown[] = [];
  let open = true;
  const people = Array.from({ length: lanes }, (_, lane) => visitors(desk, lane, () => open));
  for (let round = 1; round <= rounds; round += 1) {
    for (const index of fleet.up()) {
      exits.push(await fleet.restart(index));
      await untilReady(fleet.urlOf(index));
    }
    onRound?.(round);
  }
  open = false;
  await Promise.all(people);
  const { history } = desk;
  const logins = history.filter((call) => call.request.path === '/v1/results/redeem');
  return {
    exits,
    requests: history.length,
    logins: logins.filter((call) => lastAnswer(call)?.status === 200).length,
    failures: history.filter(hasFailed).map(inWords),
  };
}

/** One request, once: nobody sends it again. */
function deskAt(url: string, { codes }: Fleet, apiKey: string): ObservedDesk {
  const history: Call[] = [];
  return {
    apiKey,
    codes,
    history,
    async call(request, says) {
      const call = newCall(request, says);
      history.push(call);
      const { answer } = await attempt(url, call);
      return hasFailed(call) ? null : answer;
    },
  };
}

function hasFailed(call: Call): boolean {
  const answer = lastAnswer(call);
  return !answer || answer.status >= 500;
}

async function untilReady(url: string): Promise<void> {
  const isReady = async () => (await fetch(`${url}/health/ready`)).status === 200;
  while (!(await isReady().catch(() => false))) await delay(50);
}
