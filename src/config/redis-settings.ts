import type { RedisTopology } from '../adapters/redis/connection/topology.ts';
import type { SettingName, SettingValues } from './settings.ts';

type RedisSettings = Pick<SettingValues, Extract<SettingName, `REDIS_${string}`>>;

const ways = ['REDIS_URL', 'REDIS_SENTINELS', 'REDIS_CLUSTER'] as const;

/** Each of these needs one of those. */
const needs: [name: keyof RedisSettings, oneOf: (keyof RedisSettings)[]][] = [
  ['REDIS_SENTINELS', ['REDIS_MASTER']],
  ['REDIS_MASTER', ['REDIS_SENTINELS']],
  ['REDIS_USERNAME', ['REDIS_SENTINELS', 'REDIS_CLUSTER']],
  ['REDIS_USERNAME', ['REDIS_PASSWORD']],
  ['REDIS_PASSWORD', ['REDIS_SENTINELS', 'REDIS_CLUSTER']],
  ['REDIS_TLS', ['REDIS_SENTINELS', 'REDIS_CLUSTER']],
  ['REDIS_SENTINEL_PASSWORD', ['REDIS_SENTINELS']],
];

/**
 * Why these settings do not locate Redis, in one line. Null when they are right or name no Redis.
 */
export function redisRefusal(settings: RedisSettings): string | null {
  const isSet = (name: keyof RedisSettings) => settings[name] !== null;
  const [one, two] = ways.filter(isSet);
  if (one && two) return `${two} and ${one} are both set: keep one`;
  const [alone, oneOf = []] =
    needs.find(([name, oneOf]) => isSet(name) && !oneOf.some(isSet)) ?? [];
  if (!alone) return null;
  const inUrl = oneOf.length > 1 && isSet('REDIS_URL');
  if (inUrl) return `${alone} is set together with REDIS_URL: it belongs in the URL`;
  return `${alone} is set without ${oneOf.join(' or ')}`;
}

/** How to reach Redis. Null for the store in this process. */
export function redisTopology(settings: RedisSettings): RedisTopology | null {
  const { REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_MASTER: master } = settings;
  const access = {
    username: settings.REDIS_USERNAME ?? undefined,
    password: settings.REDIS_PASSWORD ?? undefined,
    tls: settings.REDIS_TLS ?? undefined,
  };
  if (url) return { kind: 'url', url };
  if (settings.REDIS_CLUSTER) return { kind: 'cluster', nodes: settings.REDIS_CLUSTER, ...access };
  if (!sentinels || !master) return null;
  const sentinelPassword = settings.REDIS_SENTINEL_PASSWORD ?? undefined;
  return { kind: 'sentinel', sentinels, master, sentinelPassword, ...access };
}
