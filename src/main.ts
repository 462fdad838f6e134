import { setTimeout as delay } from 'node:timers/promises';
import { pino } from 'pino';
import { buildApp } from './app.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import type { Deps } from './domain/ports.ts';
import type { App } from './http/context.ts';
import { developmentApiKey, ownSecrets } from './trying-out.ts';
import { welcome } from './welcome.ts';
import { dataFolder, type Wired, wire } from './wire.ts';

/** How long load balancers are told "not ready" before connections are closed. */
const noticeMs = 300;

/** Settings, parts, listen; then, on a signal, not ready, finish what is under way, close. */
async function main(): Promise<void> {
  const config = readConfig();
  const logger = pino({ level: config.LOG_LEVEL });
  const secrets = config.SECRETS ?? ownSecrets(dataFolder);
  const wired = await wire(config, secrets, logger);
  const state = { accepting: true };
  const issuer = config.ISSUER ?? `http://${config.HOST}:${config.PORT}`;
  const accepting = () => state.accepting;
  const app = await buildApp(wired.deps, { secrets, issuer, logger, accepting });
  stopOnSignal(app, wired, state);
  const address = await app.listen({ host: config.HOST, port: config.PORT });
  if (!config.production) await tellWhatRuns(config, address, wired.deps);
}

async function tellWhatRuns(config: Config, address: string, deps: Deps): Promise<void> {
  const apiKey = config.DATABASE_URL ? null : await developmentApiKey(dataFolder, deps.directory);
  process.stdout.write(welcome({ config, address, apiKey, channels: deps.channels }));
}

function stopOnSignal(app: App, wired: Wired, state: { accepting: boolean }): void {
  const stop = async () => {
    if (!state.accepting) return;
    state.accepting = false;
    await delay(noticeMs);
    await app.close();
    await wired.close();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

try {
  await main();
} catch (error) {
  const line = error instanceof ConfigError ? error.message : String(error);
  process.stderr.write(`doublecheck: ${line}\n`);
  process.exit(1);
}
