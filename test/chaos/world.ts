import { deploy } from '../support/deployment.ts';
import { type DurablePostgres, startDurablePostgres } from './durable-postgres.ts';
import { aWhile, type Breakage } from './faults.ts';
import { startFleet } from './fleet.ts';
import { type Providers, startProviders } from './providers.ts';
import { type RedisKind, startRedisOf } from './store-redis.ts';

/** Everything a round happens in: servers, providers, replicas. */
export type World = {
  fleet: Awaited<ReturnType<typeof startFleet>>;
  providers: Providers;
  postgres: DurablePostgres;
  apiKey: string;
  env: Record<string, string>;
  breakages: Breakage[];
  /** The errors that the replicas logged, each with the lines of its stack. */
  log: readonly string[];
  stop(): Promise<void>;
};

const replicas = 3;

/** What a replica logs, and not what it prints at its start. */
const logged = /^(\[| {4})/;

/** So short that codes also die of age in a round; calls live for 60 s while nobody answers. */
const codeTtlSeconds = 10;

export async function startWorld(kind: RedisKind): Promise<World> {
  const opened = new AsyncDisposableStack();
  try {
    return await build(kind, opened);
  } catch (failed) {
    await opened.disposeAsync();
    throw failed;
  }
}

async function build(kind: RedisKind, opened: AsyncDisposableStack): Promise<World> {
  const [redis, postgres] = await Promise.all([startRedisOf[kind](), startDurablePostgres()]);
  opened.defer(redis.stop);
  opened.defer(postgres.stop);
  const { env: shared, apiKey } = await deploy(postgres.url, '');
  const providers = await startProviders(shared['SECRETS'] ?? '');
  opened.defer(providers.close);
  const env = {
    ...shared,
    ...providers.env,
    ...redis.env,
    DATABASE_URL: postgres.lineUrl,
    CODE_TTL_SECONDS: String(codeTtlSeconds),
    LOG_LEVEL: 'error',
  };
  const log: string[] = [];
  const hear = (line: string) => void (logged.test(line) && log.push(line));
  const fleet = await startFleet(env, replicas, { hear });
  opened.defer(fleet.stop);
  const breakages = [
    ...replicaFaults(fleet),
    ...redis.breakages,
    ...postgresFaults(postgres),
    ...providers.breakages,
  ];
  const stop = () => opened.disposeAsync();
  return { fleet, providers, postgres, apiKey, env, breakages, log, stop };
}

function replicaFaults(fleet: World['fleet']): Breakage[] {
  let turn = 0;
  const next = () => {
    turn += 1;
    return turn % replicas;
  };
  const kill = async () => {
    const replica = next();
    await fleet.kill(replica);
    return Object.assign(() => fleet.untilUp(replicas), { replica });
  };
  const freeze = () => {
    const replica = next();
    fleet.signal(replica, 'SIGSTOP');
    return Object.assign(() => fleet.signal(replica, 'SIGCONT'), { replica });
  };
  return [
    { kind: 'replica', name: 'replica killed', weight: 2, lasts: [0, 0], begin: kill },
    { kind: 'replica', name: 'replica frozen', weight: 1, lasts: aWhile, begin: freeze },
  ];
}

function postgresFaults(postgres: DurablePostgres): Breakage[] {
  const fault = (name: string, begin: Breakage['begin'], lasts: Breakage['lasts'] = aWhile) => {
    return { kind: 'postgres' as const, name: `PostgreSQL: ${name}`, weight: 0.8, lasts, begin };
  };
  const { line } = postgres;
  return [
    fault('paused', () => {
      postgres.pause();
      return postgres.resume;
    }),
    fault('crashed, restarted', async () => {
      await postgres.stopAsCrashed();
      return postgres.startAgain;
    }),
    fault('connections ended', async () => {
      await postgres.endConnections();
      return () => {};
    }, [0, 0]),
    fault('cut off', () => {
      line.become('cut');
      return () => line.become('well');
    }),
    fault('slow', () => {
      line.become({ slowMs: 80 });
      return () => line.become('well');
    }),
  ];
}
