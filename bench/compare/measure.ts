import type { Twilio } from '../delivery/twilio.ts';
import { type Bench, type Prepared, start } from '../servers/open.ts';
import type { Server, ServerName } from '../servers/server.ts';
import type { Program } from '../servers/server-process.ts';
import { type Queue, queueOf } from '../shared/load.ts';
import { bytesPerLogin } from './redis-bytes.ts';
import { nothingSeen, type Seen } from './report.ts';
import { measureRoutes } from './routes.ts';
import { measureStart } from './starts.ts';
import type { Watched } from './watch.ts';
import { measureWindow, type Window, warmUp } from './windows.ts';

export type Plan = {
  inFlight: number[];
  rounds: number;
  seconds: number;
  warmUpLogins: number;
  /** How often each server is started. */
  starts: number;
};

/** People whose requests are measured by kind, and logins whose keys in Redis are. */
const routeSize = 300;
const redisLogins = 500;

/** At the most logins in flight that are promised something. */
const deliveringAt = { inFlight: 64, windows: 4 };

const isService = ({ name }: Server) => ['Doublecheck', 'traced', 'before'].includes(name);

export type Measuring = {
  bench: Bench;
  plan: Plan;
  seen: Map<ServerName, Seen>;
  queue: Queue;
  print(line: string): void;
};

export function measuring(bench: Bench, plan: Plan, print: Measuring['print']): Measuring {
  const seen = new Map(bench.servers.map(({ name }) => [name, nothingSeen()] as const));
  return { bench, plan, seen, queue: queueOf(bench.people), print };
}

/** Warms all up, and then loads one after the other, round by round: a slow minute meets all. */
export async function measureLogins({ bench, plan, seen, queue, print }: Measuring): Promise<void> {
  for (const server of bench.servers) {
    await warmUp(watch(bench, server), queue, plan.warmUpLogins);
    if (isService(server)) of(seen, server).redis = await bytesPerLogin(server, queue, redisLogins);
  }
  for (let round = 1; round <= plan.rounds; round += 1) {
    for (const inFlight of plan.inFlight)
      for (const server of bench.servers) {
        const options = { inFlight, seconds: plan.seconds };
        const window = await measureWindow(watch(bench, server), queue, options);
        const { windows } = of(seen, server);
        windows.set(inFlight, [...(windows.get(inFlight) ?? []), window]);
      }
    print(`round ${round} of ${plan.rounds}: logins`);
  }
  // Every other round is enough: each has hundreds of requests.
  for (let round = 0; round < plan.rounds; round += 2)
    for (const server of bench.servers)
      of(seen, server).routes.push(await measureRoutes(watch(bench, server), queue, routeSize));
}

/**
 * The service with the real SDK, which talks TLS to a fake Twilio.
 *
 * @param image what the image starts.
 */
export async function measureDelivering(
  running: Measuring,
  twilio: Twilio,
  image: Program | null,
): Promise<void> {
  const { bench, seen } = running;
  for (const server of bench.servers.filter(isService)) {
    const windows = await deliver(running, twilio, { ...server, program: server.shipped });
    of(seen, server).delivering.push(...windows);
  }
  const [service] = bench.servers;
  if (!image || !service) return;
  const windows = await deliver(running, twilio, { ...service, program: image });
  of(seen, service).imageDelivering.push(...windows);
}

async function deliver(
  { bench, plan, queue }: Measuring,
  twilio: Twilio,
  { program, stepsOf, ...prepared }: Prepared,
): Promise<Window[]> {
  const server = await start({
    ...prepared,
    program: { ...program, env: { ...program.env, ...twilio.env } },
    stepsOf: (around) => stepsOf({ ...around, codes: twilio.codes }),
  });
  try {
    await warmUp(watch(bench, server), queue, plan.warmUpLogins);
    const windows: Window[] = [];
    while (windows.length < deliveringAt.windows) {
      const options = { inFlight: deliveringAt.inFlight, seconds: plan.seconds };
      windows.push(await measureWindow(watch(bench, server), queue, options));
    }
    return windows;
  } finally {
    await server.stop();
  }
}

/** @param image what the image starts, with the settings of the service here. */
export async function measureStarts(
  { bench, plan, seen }: Measuring,
  image: Program | null,
): Promise<void> {
  for (let round = 0; round < plan.starts; round += 1) {
    for (const server of bench.servers)
      of(seen, server).starts.push(await measureStart(server.shipped));
    const [service] = bench.servers;
    if (image && service) of(seen, service).imageStarts.push(await measureStart(image));
  }
}

function watch({ postgres }: Bench, server: Server): Watched {
  return { server, postgresPid: postgres.pid };
}

function of(seen: Measuring['seen'], { name }: Pick<Server, 'name'>): Seen {
  const found = seen.get(name);
  if (!found) throw new Error(`${name} does not take part`);
  return found;
}
