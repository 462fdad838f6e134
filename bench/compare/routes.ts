import type { Started } from '../servers/server.ts';
import type { Queue } from '../shared/load.ts';
import type { Person } from '../shared/people.ts';
import { readTimes, usedSince, type Watched } from './watch.ts';

/** One kind of request: CPU seconds of the server for 1,000 of them, how many a second, and how many failed. */
export type Route = { cpu: number; perSecond: number; failed: number };

export type Routes = Record<string, Route>;

const inFlight = 32;

/** A code takes 5 guesses. The last is left for the right one, which takes the wrong ones off the account. */
const wrongGuesses = [1, 2, 3, 4];

/** Requests of one kind at a time: all people start, then guess wrong, then right, then redeem. */
export async function measureRoutes(watched: Watched, queue: Queue, size: number): Promise<Routes> {
  const { steps } = watched.server;
  const { redeem, others = {} } = steps;
  const routes: Routes = {};
  const each = async <T, R>(name: string, items: T[], request: (item: T) => Promise<R>) => {
    const { results, ...route } = await batch(watched, items, request);
    routes[name] = route;
    return results;
  };
  const everyone = Array.from({ length: size }, () => queue.next());
  const start = async (person: Person) => ({ person, started: await steps.start(person) });
  const begun = await each('start', everyone, start);
  for (const [name, request] of Object.entries(others))
    await each(name, begun, ({ started }) => request(started));
  const some = begun.slice(0, size / 2).map(({ started }) => started);
  const guesses = wrongGuesses.flatMap((by) => some.map((started) => ({ started, by })));
  await each('wrong code', guesses, ({ started, by }) => guessWrong(watched, started, by));
  const verified = await each('verify', begun, async ({ person, started }) => ({
    person,
    verified: await steps.verify(started),
  }));
  if (redeem) await each('redeem', verified, (one) => redeem(one.verified, one.person));
  return routes;
}

async function guessWrong({ server }: Watched, started: Started, by: number): Promise<void> {
  const { credential } = await server.steps.verify(started, otherCode(started.code, by));
  if (credential !== null) throw new Error('a wrong code was let in');
}

function otherCode(code: string, by: number): string {
  const other = (Number(code) + by) % 10 ** code.length;
  return String(other).padStart(code.length, '0');
}

async function batch<T, R>(
  watched: Watched,
  items: readonly T[],
  request: (item: T) => Promise<R>,
): Promise<Route & { results: R[] }> {
  const results: R[] = [];
  let failed = 0;
  const waiting = items.values();
  const work = async () => {
    for (const item of waiting) {
      try {
        results.push(await request(item));
      } catch {
        failed += 1;
      }
    }
  };
  const before = readTimes(watched);
  await Promise.all(Array.from({ length: inFlight }, work));
  const { cpu, seconds } = usedSince(watched, before);
  const per1000 = (cpu.server * 1_000) / items.length;
  return { results, cpu: per1000, perSecond: items.length / seconds, failed };
}
