import { join } from 'node:path';
import { type ChannelSettings, channelKinds, consoleChannel } from './adapters/channels/index.ts';
import { memoryChallengeStore } from './adapters/memory/challenge-store.ts';
import { prismaAuditTrail } from './adapters/postgres/audit-trail.ts';
import { connectPostgres, type Database } from './adapters/postgres/client.ts';
import { prismaDirectory } from './adapters/postgres/directory.ts';
import { redisChallengeStore } from './adapters/redis/challenge-store.ts';
import { connectRedis } from './adapters/redis/connect.ts';
import { type Config, ConfigError } from './config.ts';
import { codeVault } from './domain/code-vault.ts';
import type { SecretRing } from './domain/keys.ts';
import type { ChallengeStore, Channel, Deps, Log, Settings } from './domain/ports.ts';
import { pseudonyms } from './domain/pseudonym.ts';

/** What the service keeps for itself when it is only tried out. */
export const dataFolder = '.data';

export type Wired = { deps: Deps; close: () => Promise<void> };

/** Picks the adapters that the settings ask for: the only place where the two meet. */
export async function wire(config: Config, secrets: SecretRing, log: Log): Promise<Wired> {
  const channels = pickChannels(config, log);
  const database = await openDatabase(config.DATABASE_URL);
  const store = await openStore(config.REDIS_URL, log);
  const deps: Deps = {
    settings: settingsOf(config),
    directory: prismaDirectory(database.prisma),
    challenges: store.challenges,
    channels,
    trail: prismaAuditTrail(database.prisma),
    codes: codeVault(secrets),
    pseudonyms: pseudonyms(secrets),
    log,
  };
  return {
    deps,
    close: async () => {
      await Promise.all([database.close(), store.close()]);
    },
  };
}

/** @param url null for the embedded one, which brings itself up to date. */
export async function openDatabase(url: string | null): Promise<Database> {
  if (url) return connectPostgres(url);
  // Loaded when needed: production has no use for a database of 20 MB of WebAssembly.
  const { openEmbedded } = await import('./adapters/postgres/embedded.ts');
  return openEmbedded(join(dataFolder, 'postgres'));
}

type Store = { challenges: ChallengeStore; close: () => Promise<void> };

async function openStore(url: string | null, log: Log): Promise<Store> {
  if (!url) return { challenges: memoryChallengeStore({ now: Date.now }), close: async () => {} };
  const redis = await connectRedis(url, log);
  return { challenges: redisChallengeStore(redis), close: async () => redis.disconnect() };
}

function pickChannels(config: Config, log: Log): ReadonlyMap<string, Channel> {
  const settings = channelSettings(config);
  const wanted = channelKinds.filter(({ method }) => config.METHODS.includes(method));
  const channels = wanted.map((kind) => {
    if (kind.configured(settings)) return kind.create(settings, { log });
    if (config.production) throw new ConfigError(`METHODS names ${kind.method}, without provider`);
    return consoleChannel(kind.method);
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

function twilioSettings(config: Config): ChannelSettings['twilio'] {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_FROM: from } = config;
  if (!accountSid || !from) return null;
  return {
    accountSid,
    from,
    authToken: config.TWILIO_AUTH_TOKEN ?? undefined,
    apiKey: config.TWILIO_API_KEY ?? undefined,
    apiSecret: config.TWILIO_API_SECRET ?? undefined,
  };
}

/** The part of the configuration that the domain knows. */
export function settingsOf(config: Config): Settings {
  return {
    methods: config.METHODS,
    codeTtlMs: config.CODE_TTL_SECONDS * 1000,
    codeAttempts: config.CODE_ATTEMPTS,
    challengeTtlMs: config.CHALLENGE_TTL_SECONDS * 1000,
    minimumAppVersions: config.MIN_APP_VERSIONS,
    callCountries: new Set(config.CALL_COUNTRIES),
    callDenyPrefixes: config.CALL_DENY_PREFIXES,
  };
}
