import { randomBytes } from 'node:crypto';
import type { InjectOptions } from 'fastify';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { denyTokens } from '../../src/adapters/deny-tokens.ts';
import { measured } from '../../src/adapters/metrics/measured.ts';
import { prometheusMetrics, type Sources } from '../../src/adapters/metrics/prometheus.ts';
import { prismaAuditTrail } from '../../src/adapters/postgres/audit/audit-trail.ts';
import { connectPostgres } from '../../src/adapters/postgres/connection/client.ts';
import { type Limits, loginLimits } from '../../src/adapters/postgres/connection/limits.ts';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import { prismaDirectory } from '../../src/adapters/postgres/directory.ts';
import { testOutcomes } from '../../src/adapters/postgres/test-outcomes.ts';
import { redisCallLines } from '../../src/adapters/redis/call-lines.ts';
import { redisCallTurns } from '../../src/adapters/redis/call-turns.ts';
import { redisChallengeStore } from '../../src/adapters/redis/challenge-store.ts';
import { closeRedis } from '../../src/adapters/redis/connection/close.ts';
import { connectRedis } from '../../src/adapters/redis/connection/connect.ts';
import { redisIdempotencyStore } from '../../src/adapters/redis/idempotency-store.ts';
import { redisQuotas } from '../../src/adapters/redis/quotas.ts';
import { sealing } from '../../src/adapters/sealing.ts';
import { testMode } from '../../src/adapters/test-mode/test-mode.ts';
import { traced } from '../../src/adapters/tracing/traced-ports.ts';
import { buildApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/config.ts';
import { settingsOf, testSettingsOf } from '../../src/config/domain-settings.ts';
import { nameIn } from '../../src/domain/mode.ts';
import type { Channel, Deps, Tracing } from '../../src/domain/ports.ts';
import { createApiKey, scopes } from '../../src/domain/secrets/api-key.ts';
import { codeVault } from '../../src/domain/secrets/code-vault.ts';
import type { SecretRing } from '../../src/domain/secrets/keys.ts';
import { fingerprints, pseudonyms } from '../../src/domain/secrets/pseudonym.ts';
import type { App } from '../../src/http/route.ts';
import { age } from './age-redis.ts';
import { answerMismatch } from './exact-schemas.ts';
import { callsThrough, pushesThrough } from './fakes/channels.ts';
import { startFakeGoogle } from './fakes/google.ts';
import { startFakeTwilio } from './fakes/twilio.ts';
import { roomy, roomyRedis } from './limits.ts';
import { anEntry } from './people.ts';
import { freshDatabase, freshRedis, isShared } from './servers.ts';

/** What an answer holds, as tests look at it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails otherwise.
export type Answer = { status: number; headers: Record<string, any>; body: any };

export type Request = {
  /** An API key or a challenge token. */
  bearer?: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Which replica answers; the first by default. */
  replica?: number;
};

export type ServiceOptions = {
  replicas?: number;
  /** Settings as an operator writes them. */
  env?: Record<string, string>;
  secrets?: SecretRing;
  logLevel?: string;
  tracing?: Tracing;
  /** Stores of the test's own, for what only happens to those. */
  databaseUrl?: string;
  redisUrl?: string;
  /** How long stores may take. By default the service's own limits for a store of the test's own. */
  limits?: Limits;
};

export type Service = Awaited<ReturnType<typeof startService>>;

export const issuer = 'https://2fa.example';

export function randomSecret(kid: string): SecretRing[0] {
  return { kid, bytes: randomBytes(32) };
}

/** Budgets that no test meets by chance; those that are about budgets set their own. */
const generous = {
  TOKEN_USES_PER_MINUTE: '10000',
  CALLS_PER_SECOND: '1000',
  STARTS_PER_USER_MINUTE: '10000',
  CODES_PER_USER_UNAPPROVED: '1000',
  CODES_PER_USER_HOUR: '10000',
  CODES_PER_USER_DAY: '10000',
  CODES_PER_PENDING_NUMBER_HOUR: '10000',
  CODES_PER_PENDING_NUMBER_DAY: '10000',
};

/** The whole service on real stores, its SDKs talking to fakes of the providers on loopback. */
export async function startService(options: ServiceOptions = {}) {
  const { replicas = 1, env = {}, secrets = [randomSecret('k1')] as const } = options;
  const [databaseUrl, redisUrl] = await Promise.all([
    options.databaseUrl ?? freshDatabase(),
    options.redisUrl ?? freshRedis(),
  ]);
  const [twilio, google] = await Promise.all([startFakeTwilio(), startFakeGoogle()]);
  const logLines: string[] = [];
  const logger = pino(
    { level: options.logLevel ?? 'debug' },
    { write: (line) => void logLines.push(line) },
  );
  const sealed = sealing(secrets);
  const publicUrl = env['PUBLIC_URL'];
  const channels = new Map<string, Channel>();
  for (const channel of [
    callsThrough(twilio, {
      log: logger,
      sealing: sealed,
      ...(publicUrl && { publicUrl, keyFirst: env['CALL_KEY_FIRST'] === 'true' }),
    }),
    pushesThrough(google, { log: logger, sealing: sealed }),
  ])
    channels.set(channel.method, channel);

  const stop = new AbortController();
  // A test that brings a server of its own is about to take it away.
  const limits = options.limits ?? (isShared(databaseUrl) ? roomy : loginLimits);
  const settingsFor = (given: Record<string, string>) =>
    settingsOf(readConfig({ ...generous, ...env, ...given }));
  const settings = settingsFor({});
  const testSettings = testSettingsOf(readConfig({ ...generous, ...env }));
  const openReplica = async () => {
    const sources: Sources = { version: '0.0.0' };
    const metrics = prometheusMetrics(sources);
    const database = connectPostgres(databaseUrl, limits, undefined, metrics.groupWritten);
    Object.assign(sources, { connections: database.connections });
    const redis = await connectRedis({ kind: 'url', url: redisUrl }, logger);
    if (isShared(redisUrl) || options.limits) Object.assign(redis.options, roomyRedis);
    const { guessLimits } = settings;
    const directory = prismaDirectory(database, sealed, { ...limits, guessLimits });
    const untraced: Deps = measured({
      settings,
      ...directory,
      challenges: redisChallengeStore(redis, sealed),
      quotas: redisQuotas(redis),
      turns: redisCallTurns(redis),
      lines: redisCallLines(redis),
      idempotency: redisIdempotencyStore(redis, sealed),
      channels,
      trail: prismaAuditTrail(database, limits),
      codes: codeVault(secrets),
      denyTokens: denyTokens(sealed),
      pseudonyms: pseudonyms(secrets),
      fingerprint: fingerprints(secrets),
      metrics,
      log: logger,
    });
    const deps = traced(untraced, options.tracing ?? null);
    const test = testMode(deps, {
      settings: testSettings,
      secrets,
      turns: redisCallTurns(redis, 'test'),
      testOutcomes: testOutcomes(database, limits),
    });
    const app = await buildApp(
      { live: deps, test },
      {
        secrets,
        issuer,
        publicUrl: publicUrl ?? issuer,
        logger,
        corsOrigins: readConfig(env).CORS_ORIGINS,
        metricsToken: readConfig(env).METRICS_TOKEN,
        tracing: options.tracing ?? null,
        stopping: stop.signal,
      },
    );
    await app.ready();
    await warmUp(directory);
    const close = async () => {
      await app.close();
      closeRedis(redis);
      await database.close();
    };
    return { app, deps, test, directory, close };
  };
  const open = await Promise.all(Array.from({ length: replicas }, openReplica));
  const [first] = open;
  if (!first) throw new Error('no replica');
  const redis = new Redis(redisUrl, { lazyConnect: true });

  const call = (method: string, url: string, request: Request = {}): Promise<Answer> =>
    send(open[request.replica ?? 0]?.app ?? first.app, method, url, request);
  const keys = await makeKeys(first.directory);

  return {
    app: first.app,
    directory: first.directory,
    /** What each replica is made of. */
    deps: open.map(({ deps }) => deps),
    /** What the first replica is made of, in each mode. */
    parts: { live: first.deps, test: first.test },
    secrets,
    databaseUrl,
    redisUrl,
    redis,
    twilio,
    google,
    logLines,
    /** A request of any form, to one replica. */
    inject: (replica: number, request: InjectOptions) =>
      (open[replica]?.app ?? first.app).inject(request),
    /** Tells every replica to stop, as a signal does: from then on none is ready. */
    stop: () => stop.abort(),
    /** API keys: of the company panel, of Qaller, of one for each scope alone, and of test mode. */
    keys,
    call,
    /** Lets time pass for everything that lives for minutes. */
    async advance(ms: number): Promise<void> {
      await age({ redis, databaseUrl, sealing: sealed }, ms);
    },
    /** Sets budgets anew on every replica, as an operator writes them, and forgets what was counted. */
    async budget(given: Record<string, string>): Promise<void> {
      Object.assign(settings, settingsFor(given));
      await redis.flushdb();
    },
    /** Sets an organization's policy and the rest. */
    async organization(body: object, id = 'acme'): Promise<void> {
      const answer = await call('PUT', `/v1/organizations/${id}`, { bearer: keys.panel, body });
      if (answer.status > 201) throw new Error(JSON.stringify(answer.body));
    },
    /** Starts a challenge as the company panel does. */
    start: (body: object = {}, request: Request = {}): Promise<Answer> =>
      call('POST', '/v1/challenges', {
        bearer: keys.panel,
        body: { ...aLogin, ...body },
        ...request,
      }),
    async close(): Promise<void> {
      await Promise.all(open.map(({ close }) => close()));
      redis.disconnect();
      await Promise.all([twilio.close(), google.close()]);
    },
  };
}

const aLogin = { organizationId: 'acme', userId: '42', app: { name: 'company-panel' } };

/** The first query of a process takes long on a busy machine; what tests ask comes after it. */
async function warmUp(directory: Directory): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const answered = await directory.database.ping().then(
      () => true,
      () => false,
    );
    if (answered) return;
  }
}

async function makeKeys(directory: Directory) {
  const make = (name: string, scopes: string[]) =>
    createApiKey(directory.clients, { name, scopes }, () => anEntry);
  return {
    panel: await make('company-panel', ['challenges', 'users', 'admin']),
    qaller: await make('qaller', ['challenges']),
    users: await make('company-panel', ['users']),
    recovery: await make('helpdesk', ['recovery']),
    test: await make(nameIn('test', 'company-panel'), [...scopes]),
  };
}

async function send(app: App, method: string, url: string, request: Request): Promise<Answer> {
  const { bearer, body, headers = {} } = request;
  const response = await app.inject({
    method: method as 'GET',
    url,
    headers: { ...(bearer && { authorization: `Bearer ${bearer}` }), ...headers },
    ...(body !== undefined && { payload: body as object }),
  });
  const json = /json/.test(String(response.headers['content-type']));
  const answer = {
    status: response.statusCode,
    headers: response.headers,
    body: json && response.body ? response.json() : response.body,
  };
  const wrong = answerMismatch(method, url, answer);
  if (wrong) throw new Error(wrong);
  return answer;
}
