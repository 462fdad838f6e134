import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config/config.ts';
import { storesWithoutTls } from './config/stores-without-tls.ts';
import { methodNames } from './domain/factors/index.ts';
import { SetupError } from './domain/ports/database.ts';
import type { Database, Deps, Log } from './domain/ports.ts';
import { closeServer } from './http/draining.ts';
import type { App } from './http/route.ts';
import { runBackground } from './process/background.ts';
import { banner } from './process/banner.ts';
import {
  dataFolder,
  developmentApiKey,
  developmentSecrets,
} from './process/development-defaults.ts';
import { openLog } from './process/log.ts';
import { settleAfterStart } from './process/settle-after-start.ts';
import { endOnUncaught, stopOnSignal } from './process/shutdown.ts';
import { answerOptions } from './process/start-options.ts';
import { type Wired, wire } from './wire.ts';

function announce({ production, DATABASE_URL: url }: Config): void {
  if (production || url) return;
  const known = existsSync(join(dataFolder, 'postgres'));
  const does = known ? 'Opening' : 'Making, once, which takes some seconds:';
  process.stdout.write(`${does} the embedded PostgreSQL in ${dataFolder}/\n`);
}

/** Reads settings, wires the parts and listens. On a signal: not ready, finish requests, close. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = await openLog(config);
  endOnUncaught(logger);
  if (config.production) warnOfPlainStores(config, logger);
  announce(config);
  const secrets = config.SECRETS ?? developmentSecrets(dataFolder);
  const wired = await wire(config, secrets, logger);
  const { deps, test, tracing } = wired;
  const setUp = refuseWrongSetup(deps.database);
  // Awaited below: the first query of a process is slow, so the routes are made meanwhile.
  setUp.catch(() => {});
  const stop = new AbortController();
  const issuer = config.ISSUER ?? `http://${config.HOST}:${config.PORT}`;
  const publicUrl = config.PUBLIC_URL ?? issuer;
  const { CORS_ORIGINS: corsOrigins, METRICS_TOKEN: metricsToken } = config;
  const { signal: stopping } = stop;
  const pages = { issuer, publicUrl, corsOrigins, metricsToken, tracing };
  const tryOut = await tryRoutes(config, wired, { origin: publicUrl, stopping });
  const app = await buildApp({ live: deps, test }, { secrets, logger, stopping, tryOut, ...pages });
  let background: Promise<void> | null = null;
  const close = async () => {
    await closeServer(app);
    await background;
    await wired.close();
  };
  stopOnSignal(stop, { noticeMs: config.DRAIN_SECONDS * 1_000, close, log: logger });
  await setUp;
  if (stop.signal.aborted) return;
  const address = await listen(app, config);
  settleAfterStart(deps);
  background = runBackground({
    ...deps,
    ...wired.background,
    retentionDays: config.AUDIT_RETENTION_DAYS,
    stopping: stop.signal,
    log: logger,
  });
  void warnOfMethods(config, deps, logger);
  if (!config.production) await printBanner(config, address, deps);
}

/** Null where others could reach them: `/try` is for the embedded database. */
async function tryRoutes(
  { production, DATABASE_URL: url }: Config,
  { deps, subscribe }: Wired,
  where: { origin: string; stopping: AbortSignal },
): Promise<((app: App) => void) | null> {
  if (production || url) return null;
  const { serveTry } = await import('./try/serve-try.ts');
  return (app) => serveTry(app, { clients: deps.clients, subscribe, ...where });
}

function warnOfPlainStores(config: Config, log: Log): void {
  for (const setting of storesWithoutTls(config))
    log.warn(
      { setting },
      `${setting} leads to another machine without TLS: anyone between can read it`,
    );
}

/** When a method is removed, users without another factor can no longer receive a code. */
async function warnOfMethods(
  { METHODS: methods }: Config,
  { users }: Pick<Deps, 'users'>,
  log: Log,
): Promise<void> {
  if (methodNames.every((method) => methods.includes(method))) return;
  const count = await users.countWithout(methods).catch(() => null);
  if (count)
    log.warn({ users: count, methods }, 'users have no factor of a method that is offered');
}

async function refuseWrongSetup(database: Database): Promise<void> {
  const ping = () => database.ping();
  await ping()
    .catch(ping)
    .catch(({ cause }: Error) => {
      if (cause instanceof SetupError) throw cause;
    });
}

async function listen(app: App, { HOST: host, PORT: port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const line = reasons(host, port)[String(Object(cause).code)];
    throw line ? new ConfigError(line, { cause }) : cause;
  }
}

/** Error codes of the operating system, explained by settings. */
function reasons(host: string, port: number): Record<string, string> {
  return {
    EADDRINUSE: `PORT ${port} is taken: something listens on it already`,
    EACCES: `PORT ${port} is not for this user to listen on`,
    EADDRNOTAVAIL: `HOST ${host} is not an address of this machine`,
    ENOTFOUND: `HOST ${host} is not an address of this machine`,
  };
}

async function printBanner(
  config: Config,
  address: string,
  deps: Pick<Deps, 'clients' | 'channels'>,
): Promise<void> {
  const apiKey = config.DATABASE_URL ? null : await developmentApiKey(dataFolder, deps.clients);
  process.stdout.write(banner({ config, address, apiKey, channels: deps.channels }));
}

try {
  const answer = answerOptions(process.argv.slice(2));
  if (answer === null) await main();
  else process.stdout.write(answer);
} catch (error) {
  const lines = (error instanceof Error ? error.message : String(error)).split('\n');
  const shown = error instanceof ConfigError ? lines : lines.filter(Boolean).slice(0, 1);
  for (const line of shown) process.stderr.write(`doublecheck: ${line}\n`);
  process.exit(1);
}
