import { readFileSync } from 'node:fs';
import { redisPlace, redisRefusal } from './redis-settings.ts';
import { type SettingName, type SettingValues, settings } from './settings.ts';

/** A setting that cannot be started with. The message names it and never shows its value. */
export class ConfigError extends Error {}

export type Config = SettingValues & { production: boolean };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks every setting once: the only reader of the environment.
 *
 * @throws ConfigError with one line, at the first setting that is wrong or missing.
 */
export function readConfig(env: Environment = process.env): Config {
  const names = Object.keys(settings) as SettingName[];
  const values = Object.fromEntries(names.map((name) => [name, readSetting(env, name)]));
  const config = { ...(values as SettingValues), production: isProduction(env) };
  const refusal = redisRefusal(config);
  if (refusal) throw new ConfigError(refusal);
  requireWhole(config);
  if (config.production) requireForProduction(config);
  return config;
}

/** The one setting that the command line needs: where the database is; null is the embedded one. */
export function readDatabaseUrl(env: Environment = process.env): string | null {
  const url = readSetting(env, 'DATABASE_URL') as string | null;
  if (!url && isProduction(env)) throw missing('DATABASE_URL');
  return url;
}

function isProduction(env: Environment): boolean {
  return env['NODE_ENV'] === 'production';
}

function readSetting(env: Environment, name: SettingName): unknown {
  const { parse, fallback } = settings[name];
  const text = textOf(env, name);
  if (text === undefined) return fallback;
  const value = parse(text);
  if (value === undefined) throw new ConfigError(`${name} is not ${settings[name].form}`);
  return value;
}

/** `NAME_FILE` names a file that holds the value, as secrets are often handed to a container. */
function textOf(env: Environment, name: SettingName): string | undefined {
  const file = env[`${name}_FILE`];
  if (file === undefined) return env[name] || undefined;
  if (env[name]) throw new ConfigError(`${name} and ${name}_FILE are both set: keep one`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    throw new ConfigError(`${name}_FILE names a file that cannot be read`);
  }
}

function requireWhole(config: Config): void {
  if (!config.TWILIO_ACCOUNT_SID) return;
  const apiKey = config.TWILIO_API_KEY && config.TWILIO_API_SECRET;
  if (!config.TWILIO_AUTH_TOKEN && !apiKey)
    throw new ConfigError(
      'TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET) is missing: TWILIO_ACCOUNT_SID is set',
    );
  if (!config.TWILIO_FROM)
    throw new ConfigError('TWILIO_FROM is missing: TWILIO_ACCOUNT_SID is set');
  // Twilio signs what it tells us with the auth token: an API key cannot check that.
  if (config.PUBLIC_URL && !config.TWILIO_AUTH_TOKEN)
    throw new ConfigError('TWILIO_AUTH_TOKEN is missing: PUBLIC_URL is set');
}

/** What each method needs in production, where there is no console to print codes on. */
const providerOf: Record<string, SettingName> = {
  call: 'TWILIO_ACCOUNT_SID',
  push: 'GOOGLE_APPLICATION_CREDENTIALS',
};

function requireForProduction(config: Config): void {
  const providers = config.METHODS.flatMap((method) => providerOf[method] ?? []);
  if (!config.DATABASE_URL) throw missing('DATABASE_URL');
  if (!redisPlace(config))
    throw missing('REDIS_URL (or REDIS_SENTINELS with REDIS_MASTER, or REDIS_CLUSTER)');
  const required: SettingName[] = ['SECRETS', ...providers];
  const absent = required.find((name) => !config[name]);
  if (absent) throw missing(absent);
}

function missing(what: string): ConfigError {
  return new ConfigError(`${what} is missing: production needs it`);
}
