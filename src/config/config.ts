import { readFileSync } from 'node:fs';
import { redisRefusal, redisTopology } from './redis-settings.ts';
import { type SettingName, type SettingValues, settings } from './settings.ts';

/** The settings are wrong. One line for each, with its name and never its value. */
export class ConfigError extends Error {
  constructor(lines: string | readonly string[], options?: ErrorOptions) {
    super([lines].flat().join('\n'), options);
  }
}

export type Config = SettingValues & { production: boolean };

type Environment = Readonly<Record<string, string | undefined>>;

/** Why a setting is refused, in one line. The key is its name or the start of several names. */
type Refusal = readonly [name: string, line: string];

/**
 * Reads and checks every setting. Nothing else reads the environment.
 *
 * @throws ConfigError with one line for each wrong or missing setting.
 */
export function readConfig(env: Environment = process.env): Config {
  const refusals = new Map<string, string>();
  const values = readSettings(env, refusals);
  const config = { ...values, production: readProduction(env, refusals) };
  const related = [...inconsistencies(config), ...(config.production ? missingFrom(config) : [])];
  for (const [name, line] of related) {
    const known = [...refusals.keys()].some((refused) => refused.startsWith(name));
    if (!known) refusals.set(name, line);
  }
  if (refusals.size > 0) throw new ConfigError([...refusals.values()]);
  return config;
}

/** The one setting of the command line: where the database is. Null for the embedded one. */
export function readDatabaseUrl(env: Environment = process.env): string | null {
  const url = readSetting(env, 'DATABASE_URL') as string | null;
  if (!url && isProduction(env)) throw new ConfigError(missing('DATABASE_URL'));
  return url;
}

/** A refused setting gets its default, so that the others can still be checked. */
function readSettings(env: Environment, refusals: Map<string, string>): SettingValues {
  const names = Object.keys(settings) as SettingName[];
  const entries = names.map((name) => {
    const read = () => readSetting(env, name);
    return [name, unlessRefused(refusals, name, read) ?? settings[name].fallback];
  });
  return Object.fromEntries(entries) as SettingValues;
}

function readProduction(env: Environment, refusals: Map<string, string>): boolean {
  return unlessRefused(refusals, 'NODE_ENV', () => isProduction(env)) ?? false;
}

function unlessRefused<T>(refusals: Map<string, string>, name: string, read: () => T): T | null {
  try {
    return read();
  } catch (refused) {
    if (!(refused instanceof ConfigError)) throw refused;
    refusals.set(name, refused.message);
    return null;
  }
}

const environments = ['production', 'development', 'test', ''];

/** A misspelt `production` would start with codes on the console. */
function isProduction({ NODE_ENV = '' }: Environment): boolean {
  if (!environments.includes(NODE_ENV))
    throw new ConfigError('NODE_ENV is not production, development, test or left out');
  return NODE_ENV === 'production';
}

function readSetting(env: Environment, name: SettingName): unknown {
  const { parse, fallback } = settings[name];
  const text = textOf(env, name);
  if (text === undefined) return fallback;
  const value = parse(text);
  if (value === undefined) throw new ConfigError(`${name} is not ${settings[name].form}`);
  return value;
}

/** The file that has the value of a setting. Null when it is in the environment, or has its default. */
export function fileOf(name: SettingName, env: Environment = process.env): string | null {
  return env[`${name}_FILE`] ?? null;
}

/** `NAME_FILE` names a file with the value, for secrets in a container. */
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

function inconsistencies(config: Config): Refusal[] {
  const redis = redisRefusal(config);
  return [...(redis ? [['REDIS_', redis] as const] : []), ...twilioRefusals(config)];
}

function twilioRefusals(config: Config): Refusal[] {
  if (!config.TWILIO_ACCOUNT_SID) return [];
  const refusals: Refusal[] = [];
  const refuse = (name: SettingName, line: string) => refusals.push([name, line]);
  const apiKey = config.TWILIO_API_KEY && config.TWILIO_API_SECRET;
  if (!config.TWILIO_AUTH_TOKEN && !apiKey)
    refuse(
      'TWILIO_AUTH_TOKEN',
      'TWILIO_AUTH_TOKEN (or TWILIO_API_KEY and TWILIO_API_SECRET) is missing: TWILIO_ACCOUNT_SID is set',
    );
  // Twilio signs reports with the auth token. An API key cannot check that.
  else if (config.PUBLIC_URL && !config.TWILIO_AUTH_TOKEN)
    refuse('TWILIO_AUTH_TOKEN', 'TWILIO_AUTH_TOKEN is missing: PUBLIC_URL is set');
  if (!config.TWILIO_FROM)
    refuse('TWILIO_FROM', 'TWILIO_FROM is missing: TWILIO_ACCOUNT_SID is set');
  return refusals;
}

/** What each method needs in production. Elsewhere the console replaces it. */
const providerOf: Record<string, SettingName> = {
  call: 'TWILIO_ACCOUNT_SID',
  push: 'GOOGLE_APPLICATION_CREDENTIALS',
};

function missingFrom(config: Config): Refusal[] {
  const providers = config.METHODS.flatMap((method) => providerOf[method] ?? []);
  const rest: SettingName[] = ['SECRETS', 'ISSUER', 'CALL_DENY_PREFIXES', ...providers];
  const redis = 'REDIS_URL (or REDIS_SENTINELS with REDIS_MASTER, or REDIS_CLUSTER)';
  return [
    ...missingOf(config, ['DATABASE_URL']),
    ...(redisTopology(config) ? [] : [['REDIS_', missing(redis)] as const]),
    ...missingOf(config, rest),
  ];
}

function missingOf(config: Config, names: SettingName[]): Refusal[] {
  return names
    .filter((name) => config[name] === null)
    .map((name) => [name, missing(hints[name] ?? name)]);
}

/** What to write for an empty list. */
const hints: Partial<Record<SettingName, string>> = {
  CALL_DENY_PREFIXES: 'CALL_DENY_PREFIXES (none is a value)',
};

function missing(what: string): string {
  return `${what} is missing: production needs it`;
}
