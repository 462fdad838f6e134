import { setTimeout as delay } from 'node:timers/promises';
import { untilReady } from '../support/replica.ts';
import { answers } from './checks/answers.ts';
import type { Call, History } from './history.ts';
import type { Recorder } from './recorder.ts';
import { type Nemesis, runRound } from './round.ts';

type Plan = { rounds: number; clients: number; onRound?: (count: number) => void };

/** Restarts replicas behind a balancer, one after another, round after round, while people sign in. */
export async function restartUnderLoad({ rounds, clients, onRound = () => {} }: Plan) {
  const exits: unknown[] = [];
  const restartEach: Nemesis = async ({ world: { fleet }, desk }) => {
    // Replicas that have answered nothing yet are slow, and so is their balancer to see one stop.
    await untilLogin(desk);
    const before = desk.calls.length;
    for (let round = 1; round <= rounds; round += 1) {
      for (const index of fleet.up()) {
        exits.push(await fleet.restart(index));
        await untilReady(fleet.urlOf(index));
      }
      onRound(round);
    }
    await untilLogin(desk, before);
    return [];
  };
  const seed = Math.floor(Math.random() * 1_000_000);
  const plan = { redis: 'standalone', seed, users: 60, clients, balanced: true } as const;
  return { exits, ...figures(await runRound({ ...plan, nemesis: restartEach })) };
}

/** What people do is drawn: it may take a while until one of them has come to an end. */
async function untilLogin({ calls }: Recorder, after = 0): Promise<void> {
  while (!calls.slice(after).some(isLogin)) await delay(100);
}

function figures(history: History) {
  const { calls } = history;
  const attempts = calls.flatMap((call) => call.attempts);
  return {
    requests: attempts.length,
    logins: calls.filter(isLogin).length,
    failures: answers(history).map(({ what, requests }) => `${what}: ${requests}`),
  };
}

function isLogin({ op, attempts: [first] }: Call): boolean {
  return op === 'redeem' && first?.answer?.status === 200;
}
