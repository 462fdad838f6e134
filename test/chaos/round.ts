import { setTimeout as delay } from 'node:timers/promises';
import { type Stand, screenActs } from './acts.ts';
import { deskActs } from './desk-acts.ts';
import { readEnding } from './ending.ts';
import type { Breakage } from './faults.ts';
import type { Fault, History } from './history.ts';
import { newTown } from './people.ts';
import { type Chances, chances } from './random.ts';
import { recorder } from './recorder.ts';
import { watchMachine } from './stalls.ts';
import type { RedisKind } from './store-redis.ts';
import { startWorld, type World } from './world.ts';

/** What breaks things meanwhile; resolves when all is mended and the round may end. */
export type Nemesis = (breakages: readonly Breakage[], chances: Chances) => Promise<Fault[]>;

type Plan = { redis: RedisKind; seed: number; nemesis: Nemesis; users?: number; clients?: number };

/** How long a person takes to think, in milliseconds. */
const thoughtMs = [40, 220] as const;

/** Lets people sign in, and others try to get in, while everything breaks; answers what happened. */
export async function runRound(plan: Plan): Promise<History> {
  const { redis, seed, nemesis, users = 20, clients = 8 } = plan;
  const world = await startWorld(redis);
  try {
    const desk = recorder(world);
    const stalls = watchMachine();
    const town = newTown(users);
    let open = true;
    const stands = Array.from({ length: clients }, (_, lane): Stand => {
      return { world, town, desk, chances: chances(seed + 1 + lane) };
    });
    const people = stands.map((stand) => live(stand, () => open));
    const ended = Promise.all(people);
    const faults = await Promise.race([
      nemesis(world.breakages, chances(seed)),
      ended.then(() => Promise.reject(new Error('nobody was left'))),
    ]);
    open = false;
    await ended;
    return { ...(await historyOf(world, [...faults, ...stalls()])), calls: desk.calls };
  } finally {
    await world.stop();
  }
}

async function live(stand: Stand, isOpen: () => boolean): Promise<void> {
  const acts = [...screenActs, ...deskActs];
  while (isOpen()) {
    const act = stand.chances.weighted(acts);
    if (await act.run(stand)) await delay(stand.chances.between(...thoughtMs));
  }
}

async function historyOf(world: World, faults: Fault[]): Promise<Omit<History, 'calls'>> {
  const { env, providers } = world;
  return {
    terms: {
      attempts: 5,
      codeTtlMs: Number(env['CODE_TTL_SECONDS']) * 1_000,
      unheardMs: 60_000,
    },
    messages: providers.messages(),
    faults,
    ending: await readEnding(world),
  };
}
