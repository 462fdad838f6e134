import { join } from 'node:path';
import {
  type ConsoleDelivery,
  consoleDeliveries,
  type Subscribe,
} from './adapters/channels/console-deliveries.ts';
import {
  type ChannelSeams,
  type ChannelSettings,
  channelKinds,
  consoleChannel,
} from './adapters/channels/index.ts';
import { denyTokens } from './adapters/deny-tokens.ts';
import { memoryBudgets } from './adapters/memory/budgets.ts';
import { memoryCallLines } from './adapters/memory/call-lines.ts';
import { memoryCallTurns } from './adapters/memory/call-turns.ts';
import { memoryChallengeStore } from './adapters/memory/challenge-store.ts';
import { memoryIdempotencyStore } from './adapters/memory/idempotency-store.ts';
import { memoryQuotas } from './adapters/memory/quotas.ts';
import { measured } from './adapters/metrics/measured.ts';
import { prometheusMetrics, type Sources } from './adapters/metrics/prometheus.ts';
import { prismaAuditTrail } from './adapters/postgres/audit/audit-trail.ts';
import { prismaOutbox } from './adapters/postgres/audit/outbox.ts';
import { connectPostgres, type Database } from './adapters/postgres/connection/client.ts';
import type { Limits } from './adapters/postgres/connection/limits.ts';
import { prismaDirectory } from './adapters/postgres/directory.ts';
import { testOutcomes } from './adapters/postgres/test-outcomes.ts';
import { redisCallLines } from './adapters/redis/call-lines.ts';
import { redisCallTurns } from './adapters/redis/call-turns.ts';
import { redisChallengeStore } from './adapters/redis/challenge-store.ts';
import { closeRedis } from './adapters/redis/connection/close.ts';
import { connectRedis } from './adapters/redis/connection/connect.ts';
import { redisIdempotencyStore } from './adapters/redis/idempotency-store.ts';
import { redisQuotas } from './adapters/redis/quotas.ts';
import { type Sealing, sealing } from './adapters/sealing.ts';
import { testMode } from './adapters/test-mode/test-mode.ts';
import { traced } from './adapters/tracing/traced-ports.ts';
import { tracedWebhooks } from './adapters/webhooks/traced-webhooks.ts';
import { webhookSender } from './adapters/webhooks/webhook-sender.ts';
import type { Parts } from './cli/command.ts';
import { type Config, ConfigError } from './config/config.ts';
import { settingsOf, testSettingsOf } from './config/domain-settings.ts';
import { redisTopology } from './config/redis-settings.ts';
import { tracingSettings } from './config/tracing-settings.ts';
import { twilioSettings } from './config/twilio-settings.ts';
import type { Channel, Deps, Log, Outbox, Tracing, WebhookSender } from './domain/ports.ts';
import { codeVault } from './domain/secrets/code-vault.ts';
import type { SecretRing } from './domain/secrets/keys.ts';
import { fingerprints, pseudonyms } from './domain/secrets/pseudonym.ts';
import type { TestDeps } from './domain/test-mode/test-deps.ts';
import { dataFolder } from './process/development-defaults.ts';
import { readVersion } from './process/version.ts';

export type Wired = {
  deps: Deps;
  test: TestDeps;
  /** Hears what the console delivers. */
  subscribe: Subscribe;
  /** Work beside answering requests. */
  background: { outbox: Outbox; sender: WebhookSender };
  /** Null when traces are off. */
  tracing: Tracing | null;
  close: () => Promise<void>;
};

/**
 * Chooses the adapters by the settings.
 *
 * @param limits of each call to a store: those of a login, unless given.
 */
export async function wire(
  config: Config,
  secrets: SecretRing,
  log: Log,
  limits?: Limits,
): Promise<Wired> {
  const tracing = await openTraces(config, log);
  const sealed = sealing(secrets);
  const console = consoleDeliveries();
  const sources: Sources = { version: readVersion() };
  const metrics = prometheusMetrics(sources);
  const { circuit: onCircuit, groupWritten } = metrics;
  const channels = pickChannels(config, { log, sealing: sealed, onCircuit }, console.publish);
  const wired = Promise.withResolvers<Parts>();
  const database = await openDatabase(config.DATABASE_URL, {
    limits,
    connections: config.DATABASE_POOL,
    onGroup: groupWritten,
    openParts: () => wired.promise,
  });
  const outbox = prismaOutbox(database.prisma, sealed, limits);
  Object.assign(sources, { connections: database.connections, backlog: outbox.backlog });
  const store = await openStore(config, sealed, log, limits);
  const settings = settingsOf(config);
  const untraced: Deps = measured({
    settings,
    ...prismaDirectory(database, sealed, { ...limits, guessLimits: settings.guessLimits }),
    trail: prismaAuditTrail(database, limits),
    ...store.deps,
    channels,
    codes: codeVault(secrets),
    denyTokens: denyTokens(sealed),
    pseudonyms: pseudonyms(secrets),
    fingerprint: fingerprints(secrets),
    metrics,
    log,
  });
  const deps = traced(untraced, tracing);
  const sender = webhookSender({ insideToo: !config.production });
  const test = testMode(deps, {
    settings: testSettingsOf(config),
    secrets,
    testOutcomes: testOutcomes(database, limits),
    ...store.test,
  });
  wired.resolve({ live: deps, test, reachesStore: true, close: async () => {} });
  return {
    deps,
    test,
    subscribe: console.subscribe,
    background: { outbox, sender: tracedWebhooks(sender, tracing) },
    tracing,
    close: async () => {
      await Promise.all([database.close(), store.close(), tracing?.close()]);
    },
  };
}

/** Without a collector nothing of it is loaded. */
async function openTraces(config: Config, log: Log): Promise<Tracing | null> {
  const settings = tracingSettings(config, readVersion());
  if (!settings) return null;
  const { openTracing } = await import('./adapters/tracing/open-tracing.ts');
  return openTracing(settings, log);
}

type DatabaseOptions = {
  limits?: Limits | undefined;
  connections?: number;
  onGroup?: (changes: number) => void;
  /** For commands of other processes, while the embedded database is open here. */
  openParts?: () => Promise<Parts>;
};

/** @param url null for the embedded database, which migrates itself. */
export async function openDatabase(
  url: string | null,
  { limits, connections, onGroup, openParts = openedForOneCommand }: DatabaseOptions = {},
): Promise<Database> {
  if (url) return connectPostgres(url, limits, connections, onGroup);
  // Loaded on demand: production does not need 20 MB of WebAssembly.
  const [{ openEmbedded }, { answerCommand }] = await Promise.all([
    import('./adapters/postgres/embedded/embedded.ts'),
    import('./cli/running-service.ts'),
  ]);
  return openEmbedded(join(dataFolder, 'postgres'), (request, database) =>
    answerCommand(request, database, openParts),
  );
}

async function openedForOneCommand(): Promise<never> {
  throw new Error('another command is under way: run this one again');
}

type Store = {
  deps: Pick<Deps, 'challenges' | 'quotas' | 'turns' | 'lines' | 'idempotency'>;
  /** What test mode has for itself. */
  test: Pick<TestDeps, 'turns'>;
  close: () => Promise<void>;
};

async function openStore(
  config: Config,
  sealed: Sealing,
  log: Log,
  limits?: Limits,
): Promise<Store> {
  const topology = redisTopology(config);
  if (!topology) return { ...memoryStores({ now: Date.now }), close: async () => {} };
  const redis = await connectRedis(topology, log, {
    refuseEviction: config.production,
    ...limits,
  });
  const deps: Store['deps'] = {
    challenges: redisChallengeStore(redis, sealed),
    quotas: redisQuotas(redis),
    turns: redisCallTurns(redis),
    lines: redisCallLines(redis),
    idempotency: redisIdempotencyStore(redis, sealed),
  };
  const test = { turns: redisCallTurns(redis, 'test') };
  return { deps, test, close: async () => closeRedis(redis) };
}

function memoryStores(clock: { now: () => number }): Omit<Store, 'close'> {
  const budgets = memoryBudgets(clock);
  const deps: Store['deps'] = {
    challenges: memoryChallengeStore(budgets, clock),
    quotas: memoryQuotas(budgets),
    turns: memoryCallTurns(clock),
    lines: memoryCallLines(clock),
    idempotency: memoryIdempotencyStore(clock),
  };
  return { deps, test: { turns: memoryCallTurns(clock) } };
}

function pickChannels(
  config: Config,
  seams: ChannelSeams,
  heard: (delivery: ConsoleDelivery) => void,
): ReadonlyMap<string, Channel> {
  const settings = channelSettings(config);
  const wanted = channelKinds.filter(({ method }) => config.METHODS.includes(method));
  const channels = wanted.map((kind) => {
    if (kind.configured(settings)) return kind.create(settings, seams);
    if (config.production) throw new ConfigError(`METHODS names ${kind.method}, without provider`);
    return consoleChannel(kind.method, undefined, heard);
  });
  return new Map(channels.map((channel) => [channel.method, channel]));
}

function channelSettings(config: Config): ChannelSettings {
  return {
    twilio: twilioSettings(config),
    googleCredentialsFile: config.GOOGLE_APPLICATION_CREDENTIALS,
    pushShowCode: config.PUSH_SHOW_CODE,
  };
}
