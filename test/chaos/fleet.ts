import { type Replica, root, startReplica } from '../support/replica.ts';
import { freePort } from '../support/server-process.ts';

type Options = { folder?: string; hear?: (line: string) => void };

/** Replicas of one service, each with an address it keeps however often it is started again. */
export async function startFleet(
  env: Record<string, string>,
  size: number,
  { folder = root, hear }: Options = {},
) {
  const ports = await freePorts(size);
  const replicas: (Replica | null)[] = ports.map(() => null);
  const underWay = new Set<Promise<void>>();
  let code = folder;

  const start = async (index: number) => {
    replicas[index] = await startReplica({ ...env, PORT: String(ports[index]) }, hear, code);
  };
  const up = () => ports.flatMap((_, index) => (replicas[index] ? [index] : []));
  await Promise.all(ports.map((_, index) => start(index)));

  return {
    ports,
    /** Which of them run. */
    up,
    urlOf: (index: number) => `http://127.0.0.1:${ports[index]}`,
    /** Where the code is of those that start from now on. */
    startFrom(next: string): void {
      code = next;
    },
    /** Tells one to stop, and starts it again once it has. Resolves to its exit code when it listens. */
    async restart(index: number): Promise<number | null | undefined> {
      const replica = replicas[index];
      replica?.signal('SIGTERM');
      const code = await replica?.exit;
      await start(index);
      return code;
    },
    /** Kills one during its work, and starts it again. */
    async kill(index: number): Promise<void> {
      // It may have answered, been killed, and be about to start again.
      while (!replicas[index] && underWay.size > 0) await Promise.race(underWay);
      const victim = replicas[index];
      replicas[index] = null;
      await victim?.kill();
      const again = start(index).finally(() => underWay.delete(again));
      underWay.add(again);
    },
    /** Freezes one, or lets it go on. */
    signal: (index: number, name: 'SIGSTOP' | 'SIGCONT') => replicas[index]?.signal(name),
    /** Waits until at least so many run. */
    async untilUp(count: number): Promise<void> {
      while (up().length < count) await Promise.race(underWay);
    },
    async stop(): Promise<void> {
      await Promise.allSettled(underWay);
      await Promise.all(replicas.map((replica) => replica?.kill()));
    },
  };
}

async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
