import { isIPv6 } from 'node:net';
import { validate as isVersion } from 'compare-versions';
import type { Address } from '../adapters/redis/connection/topology.ts';
import { isCountry } from '../domain/factors/country.ts';
import { methodNames } from '../domain/factors/index.ts';
import type { Secret, SecretRing } from '../domain/secrets/keys.ts';
import type { Setting } from './setting.ts';
import { pairs, share } from './tracing-forms.ts';

/** Every setting, with its form and default. Null means: not set. */
export const settings = {
  HOST: text('127.0.0.1', 'an address to listen on', /^[\w.:-]+$/),
  PORT: whole(3000, 0, 65_535),
  DATABASE_URL: url(['postgresql:', 'postgres:']),
  DATABASE_POOL: whole(10, 1, 100),
  REDIS_URL: url(['redis:', 'rediss:']),
  REDIS_SENTINELS: addresses('of Sentinels'),
  REDIS_MASTER: optional('the name of a master that Sentinels know', /^[\w.-]+$/),
  REDIS_SENTINEL_PASSWORD: optional('a password, without spaces', /^\S+$/),
  REDIS_CLUSTER: addresses('of a cluster'),
  REDIS_USERNAME: optional('a user name, without spaces', /^\S+$/),
  REDIS_PASSWORD: optional('a password, without spaces', /^\S+$/),
  REDIS_TLS: flag(null),
  SECRETS: { parse: secretRing, form: secretForm(), fallback: null as SecretRing | null },
  ISSUER: url(['http:', 'https:']),
  TWILIO_ACCOUNT_SID: optional('an account SID: AC and 32 hex digits', /^AC[0-9a-fA-F]{32}$/),
  TWILIO_AUTH_TOKEN: optional('an auth token, without spaces', /^\S+$/),
  TWILIO_API_KEY: optional('an API key SID: SK and 32 hex digits', /^SK[0-9a-fA-F]{32}$/),
  TWILIO_API_SECRET: optional('an API key secret', /^\S+$/),
  TWILIO_FROM: optional('a number in E.164, such as +31508200000', /^\+[1-9]\d{6,14}$/),
  TWILIO_BYOC_TRUNK_SID: optional(
    'the SID of a BYOC trunk: BY and 32 hex digits',
    /^BY[0-9a-fA-F]{32}$/,
  ),
  PUBLIC_URL: {
    parse: publicUrl,
    form: 'a URL that begins with https:// or http:// and has no sign-in, query or fragment',
    fallback: null,
  } satisfies Setting<string | null> as Setting<string | null>,
  GOOGLE_APPLICATION_CREDENTIALS: optional('the path of a service account file', /./),
  METHODS: list(methodNames, `a list out of ${methodNames.join(', ')}`, (method) =>
    methodNames.includes(method),
  ),
  MIN_APP_VERSIONS: {
    parse: versions,
    form: 'a list of app=version',
    fallback: new Map([
      ['qaller', '3.2.0'],
      ['vamos', '1.3.0'],
    ]),
  } satisfies Setting<ReadonlyMap<string, string>>,
  CALL_COUNTRIES: list(
    europe(),
    'a list of ISO 3166 country codes, such as NL,BE (the United Kingdom is GB)',
    isCountry,
  ),
  CALL_DENY_PREFIXES: {
    parse: denyPrefixes,
    form: 'none, or a list of prefixes, such as +3150820',
    fallback: null,
  } satisfies Setting<string[] | null> as Setting<string[] | null>,
  CALL_KEY_FIRST: flag(false),
  PUSH_SHOW_CODE: flag(true),
  CORS_ORIGINS: list(
    [],
    'a list of exact origins, such as https://panel.example, without paths and wildcards',
    isOrigin,
  ),
  CODE_TTL_SECONDS: whole(30, 5, 300),
  CODE_ATTEMPTS: whole(5, 1, 5),
  CHALLENGE_TTL_SECONDS: whole(600, 60, 3600),
  GUESSES_UNTIL_CAREFUL: whole(9, 1, 9),
  GUESSES_UNTIL_LOCKED: whole(20, 1, 20),
  GUESSES_ON_KNOWN_DEVICES: whole(5, 1, 5),
  STARTS_PER_USER_MINUTE: whole(30, 1, 10_000),
  CODES_PER_USER_UNAPPROVED: whole(5, 1, 1000),
  CODES_PER_USER_HOUR: whole(20, 1, 10_000),
  CODES_PER_USER_DAY: whole(50, 1, 10_000),
  CODES_PER_PENDING_NUMBER_HOUR: whole(3, 1, 10_000),
  CODES_PER_PENDING_NUMBER_DAY: whole(6, 1, 10_000),
  CODES_PER_ORGANIZATION_HOUR: whole(2_000, 1, 1_000_000),
  CODES_PER_ORGANIZATION_DAY: whole(10_000, 1, 10_000_000),
  TOKEN_USES_PER_MINUTE: whole(120, 1, 100_000),
  CALLS_PER_SECOND: whole(1, 1, 1000),
  AUDIT_RETENTION_DAYS: whole(400, 1, 36_500),
  DRAIN_SECONDS: whole(1, 0, 60),
  METRICS_TOKEN: optional('a token of 16 or more printable characters', /^[\x21-\x7e]{16,}$/),
  OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:']),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url(['http:', 'https:']),
  OTEL_EXPORTER_OTLP_HEADERS: pairs,
  OTEL_SERVICE_NAME: optional('a name', /^[\x20-\x7e]+$/),
  OTEL_RESOURCE_ATTRIBUTES: pairs,
  OTEL_TRACES_SAMPLER: text(
    'parentbased_always_on',
    'always_on, always_off or traceidratio, or one of them after parentbased_',
    /^(parentbased_)?(always_on|always_off|traceidratio)$/,
  ),
  OTEL_TRACES_SAMPLER_ARG: share,
  OTEL_SDK_DISABLED: flag(false),
  LOG_LEVEL: text(
    'info',
    'one of fatal, error, warn, info, debug, trace, silent',
    /^(fatal|error|warn|info|debug|trace|silent)$/,
  ),
};

export type SettingName = keyof typeof settings;
export type SettingValues = { [K in SettingName]: (typeof settings)[K]['fallback'] };

function text(fallback: string, form: string, pattern: RegExp): Setting<string> {
  return { parse: (value) => (pattern.test(value) ? value : undefined), form, fallback };
}

function optional(form: string, pattern: RegExp): Setting<string | null> {
  return { parse: (value) => (pattern.test(value) ? value : undefined), form, fallback: null };
}

function flag<T extends boolean | null>(fallback: T): Setting<boolean | T> {
  const values = new Map([
    ['true', true],
    ['false', false],
  ]);
  return { parse: (value) => values.get(value), form: 'true or false', fallback };
}

function whole(fallback: number, min: number, max: number): Setting<number> {
  return {
    parse(value) {
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      return number >= min && number <= max ? number : undefined;
    },
    form: `a whole number from ${min} to ${max}`,
    fallback,
  };
}

function url(protocols: string[]): Setting<string | null> {
  return {
    parse(value) {
      return protocols.includes(URL.parse(value)?.protocol ?? '') ? value : undefined;
    },
    form: `a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    fallback: null,
  };
}

/** As browsers write it: no default port, no slash at the end, lower case. */
function isOrigin(value: string): boolean {
  return /^https?:\/\/[^*]+$/.test(value) && URL.parse(value)?.origin === value;
}

/** No slash at the end: a path follows. */
function publicUrl(value: string): string | undefined {
  const { protocol, username, password, origin, pathname } = URL.parse(value) ?? {};
  const plain = !/[?#]/.test(value) && !username && !password;
  const web = protocol === 'https:' || protocol === 'http:';
  return web && plain ? `${origin}${pathname?.replace(/\/+$/, '')}` : undefined;
}

function addresses(owner: string): Setting<Address[] | null> {
  return {
    parse(value) {
      const found = value.split(',').map((one) => readAddress(one.trim()));
      return found.every((one) => one !== undefined) ? found : undefined;
    },
    form: `a list of host:port ${owner}`,
    fallback: null,
  };
}

function readAddress(text: string): Address | undefined {
  const [, v6, name, digits] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = v6 && isIPv6(v6) ? v6 : name;
  return host && port >= 1 && port <= 65_535 ? { host, port } : undefined;
}

function list(
  fallback: string[],
  form: string,
  valid: (item: string) => boolean,
): Setting<string[]> {
  return {
    parse(value) {
      const items = value.split(',').map((item) => item.trim());
      return items.every(valid) ? items : undefined;
    },
    form,
    fallback,
  };
}

/** `none` means an empty list, in contrast to a missing setting. */
function denyPrefixes(value: string): string[] | undefined {
  if (value === 'none') return [];
  const prefixes = value.split(',').map((prefix) => prefix.trim());
  return prefixes.every((prefix) => /^\+\d+$/.test(prefix)) ? prefixes : undefined;
}

function versions(value: string): ReadonlyMap<string, string> | undefined {
  const pairs = value.split(',').map((pair) => pair.trim().split('='));
  const valid = pairs.every(([app, version = '', more]) => app && isVersion(version) && !more);
  return valid ? new Map(pairs as [string, string][]) : undefined;
}

function secretForm(): string {
  return 'a list of kid:secret, each secret 32 random bytes as 43 characters of base64url, and nothing twice';
}

function secretRing(value: string): SecretRing | undefined {
  const secrets = value.split(',').map((pair) => readSecret(pair.trim()));
  if (!secrets.every((secret) => secret !== undefined)) return undefined;
  const kids = new Set(secrets.map(({ kid }) => kid));
  const keys = new Set(secrets.map(({ bytes }) => bytes.toString('hex')));
  const distinct = kids.size === secrets.length && keys.size === secrets.length;
  return distinct ? (secrets as [Secret, ...Secret[]]) : undefined;
}

function readSecret(pair: string): Secret | undefined {
  const [, kid, encoded] = /^([\w-]{1,32}):([\w-]{43})=?$/.exec(pair) ?? [];
  if (!kid || !encoded) return undefined;
  const bytes = Buffer.from(encoded, 'base64url');
  // Fewer than eight different bytes are not random: a person typed them.
  const random = bytes.length === 32 && new Set(bytes).size >= 8;
  return random ? { kid, bytes } : undefined;
}

/** The EU, the EEA, the United Kingdom and Switzerland. */
function europe(): string[] {
  const union = 'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK';
  return `${union} IS LI NO GB CH`.split(' ');
}
