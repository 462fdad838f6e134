import { BlockList, isIP } from 'node:net';
import type { Config } from './config.ts';
import { redisTopology } from './redis-settings.ts';
import type { SettingName } from './settings.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Stores on other machines without TLS. Anyone on the network can read that traffic. */
export function storesWithoutTls(config: Config): SettingName[] {
  return [...(postgresIsPlain(config) ? ['DATABASE_URL' as const] : []), ...plainRedis(config)];
}

function postgresIsPlain({ DATABASE_URL: text }: Config): boolean {
  if (!text) return false;
  const { hostname, searchParams } = new URL(text);
  const host = searchParams.get('host') ?? hostname;
  const mode = searchParams.get('sslmode') ?? searchParams.get('ssl');
  const plain = mode === null || ['disable', 'false', '0'].includes(mode);
  return plain && !host.startsWith('/') && !isLoopback(host);
}

function plainRedis(config: Config): SettingName[] {
  const topology = redisTopology(config);
  if (topology?.kind === 'url') {
    const { protocol, hostname } = new URL(topology.url);
    return protocol === 'redis:' && !isLoopback(hostname) ? ['REDIS_URL'] : [];
  }
  if (!topology || topology.tls) return [];
  const sentinel = topology.kind === 'sentinel';
  const hosts = sentinel ? topology.sentinels : topology.nodes;
  if (hosts.every(({ host }) => isLoopback(host))) return [];
  return [sentinel ? 'REDIS_SENTINELS' : 'REDIS_CLUSTER'];
}

function isLoopback(name: string): boolean {
  const host = name.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host === '';
  return loopback.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
