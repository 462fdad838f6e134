import { setTimeout as delay } from 'node:timers/promises';
import { untilReady } from '../support/replica.ts';
import { type Stand, screenActs } from './acts.ts';
import { startBalancer } from './balancer.ts';
import { watchForStalls } from './busy-machine.ts';
import { deskActs } from './desk-acts.ts';
import { readFinalState } from './final-state.ts';
import type { Fault, History } from './history.ts';
import { ownerActs } from './owner-acts.ts';
import { newTown } from './people.ts';
import { type Chances, chances } from './random.ts';
import { type Recorder, recorder, type Sending } from './recorder.ts';
import type { RedisKind } from './store-redis.ts';
import { startWorld, type World } from './world.ts';

/** Where a nemesis finds what it may break, and what is being answered. */
type Scene = { world: World; desk: Recorder; chances: Chances };

/** What breaks things meanwhile; resolves when all is mended and the round may end. */
export type Nemesis = (scene: Scene) => Promise<Fault[]>;

type Plan = Pick<Sending, 'insists'> & {
  redis: RedisKind;
  seed: number;
  nemesis: Nemesis;
  users?: number;
  clients?: number;
  /** Callers reach the replicas through a load balancer. */
  balanced?: boolean;
};

/** How long a person takes to think, in milliseconds. */
const thoughtMs = [40, 220] as const;

/** Lets people sign in, and others try to get in, while everything breaks; answers what happened. */
export async function runRound(plan: Plan): Promise<History> {
  const { redis, seed, nemesis, users = 20, clients = 8, balanced = false, ...sending } = plan;
  const world = await startWorld(redis);
  const balancer = balanced ? await startBalancer(world.fleet.ports) : null;
  try {
    if (balancer) await untilReady(balancer.url);
    const desk = recorder(world, { ...sending, ...(balancer && { through: balancer.url }) });
    const stalls = watchForStalls();
    const town = newTown(users);
    let open = true;
    const stands = Array.from({ length: clients }, (_, lane): Stand => {
      return { world, town, desk, chances: chances(seed + 1 + lane) };
    });
    const people = stands.map((stand) => live(stand, () => open));
    const ended = Promise.all(people);
    const faults = await Promise.race([
      nemesis({ world, desk, chances: chances(seed) }),
      ended.then(() => Promise.reject(new Error('nobody was left'))),
    ]);
    open = false;
    await ended;
    return { ...(await historyOf(world, [...faults, ...stalls()])), calls: desk.calls };
  } finally {
    await balancer?.stop();
    await world.stop();
  }
}

async function live(stand: Stand, isOpen: () => boolean): Promise<void> {
  const acts = [...screenActs, ...ownerActs, ...deskActs];
  while (isOpen()) {
    const act = stand.chances.weighted(acts);
    if (await act.run(stand)) await delay(stand.chances.between(...thoughtMs));
  }
}

async function historyOf(world: World, faults: Fault[]): Promise<Omit<History, 'calls'>> {
  const { env, providers, log } = world;
  return {
    terms: {
      attempts: 5,
      codeTtlMs: Number(env['CODE_TTL_SECONDS']) * 1_000,
      unheardMs: 60_000,
    },
    messages: providers.messages(),
    faults,
    log: [...log],
    finalState: await readFinalState(world),
  };
}
