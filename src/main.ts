import { buildApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config/config.ts';
import type { Deps } from './domain/ports.ts';
import type { App } from './http/context.ts';
import { closeServer } from './http/draining.ts';
import { runBackground } from './process/background.ts';
import { welcome } from './process/banner.ts';
import { developmentApiKey, ownSecrets } from './process/development-defaults.ts';
import { openLog } from './process/log.ts';
import { endOnUncaught, stopOnSignal } from './process/shutdown.ts';
import { dataFolder, wire } from './wire.ts';

/** Settings, parts, listen; then, on a signal, not ready, finish what is under way, close. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = await openLog(config);
  endOnUncaught(logger);
  const secrets = config.SECRETS ?? ownSecrets(dataFolder);
  const wired = await wire(config, secrets, logger);
  const stop = new AbortController();
  const issuer = config.ISSUER ?? `http://${config.HOST}:${config.PORT}`;
  const app = await buildApp(wired.deps, { secrets, issuer, logger, stopping: stop.signal });
  const background = runBackground({
    ...wired.background,
    trail: wired.deps.trail,
    consumedIds: wired.deps.consumedIds,
    retentionDays: config.AUDIT_RETENTION_DAYS,
    stopping: stop.signal,
    log: logger,
  });
  const close = async () => {
    await closeServer(app);
    await background;
    await wired.close();
  };
  stopOnSignal(stop, { noticeMs: config.DRAIN_SECONDS * 1_000, close, log: logger });
  // The first query of a process takes long; no login should wait for it.
  await wired.deps.database.ping().catch(() => {});
  if (stop.signal.aborted) return;
  const address = await listen(app, config);
  if (!config.production) await tellWhatRuns(config, address, wired.deps);
}

async function listen(app: App, { HOST: host, PORT: port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (cause) {
    const words = refusals(host, port)[String(Object(cause).code)];
    throw words ? new ConfigError(words, { cause }) : cause;
  }
}

/** What an operating system says no with, in words of the settings. */
function refusals(host: string, port: number): Record<string, string> {
  return {
    EADDRINUSE: `PORT ${port} is taken: something listens on it already`,
    EACCES: `PORT ${port} is not for this user to listen on`,
    EADDRNOTAVAIL: `HOST ${host} is not an address of this machine`,
    ENOTFOUND: `HOST ${host} is not an address of this machine`,
  };
}

async function tellWhatRuns(config: Config, address: string, deps: Deps): Promise<void> {
  const apiKey = config.DATABASE_URL ? null : await developmentApiKey(dataFolder, deps.clients);
  process.stdout.write(welcome({ config, address, apiKey, channels: deps.channels }));
}

try {
  await main();
} catch (error) {
  const line = error instanceof Error ? error.message : String(error);
  process.stderr.write(`doublecheck: ${line}\n`);
  process.exit(1);
}
