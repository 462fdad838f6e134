import type { Redis } from 'ioredis';
import { closeRedis } from '../../adapters/redis/connection/close.ts';
import { connectRedis } from '../../adapters/redis/connection/connect.ts';
import { connectedMasters, type Master, probe } from '../../adapters/redis/connection/probe.ts';
import type { Config } from '../../config/config.ts';
import { redisTopology } from '../../config/redis-settings.ts';
import { clockFinding, type Finding, ill, inTime, reasonOf, well } from './finding.ts';

const oldestMajor = 7;

/** More than a login waits: slow is not broken. */
const limitMs = 5_000;

/** It ends before, so that the reason is known. */
const answerMs = limitMs - 1_000;

export async function checkRedis(config: Config): Promise<Finding[]> {
  const topology = redisTopology(config);
  if (!topology) return [];
  let reason = 'no connection';
  const warn = (context: { reason?: string }) => {
    reason = context.reason ?? reason;
  };
  const log = { info() {}, warn, error: warn };
  const redis = await connectRedis(topology, log, {
    firstConnectionMs: limitMs,
    answerMs,
  });
  try {
    const masters = connectedMasters(redis);
    if (masters.length === 0)
      return [ill(`Redis does not answer (${reason}): start it, or correct address and password`)];
    return (await Promise.all(masters.map(checkMaster))).flat();
  } finally {
    closeRedis(redis);
  }
}

async function checkMaster(master: Master): Promise<Finding[]> {
  const { node } = master;
  const name = `Redis at ${node.options.host}:${node.options.port}`;
  try {
    const since = performance.now();
    const [seconds] = await inTime(node.time());
    const took = performance.now() - since;
    return [
      ...(await aboutServer(node, name)),
      clockFinding(name, Number(seconds) * 1_000, took + 1_000),
      await inTime(probe(master)).then(
        () => well(`${name} gives all rights that are needed`),
        (error) => ill(`${name}: ${reasonOf(error)}: see the rights in docs/settings.md`),
      ),
    ];
  } catch (error) {
    return [ill(`${name}: ${reasonOf(error)}`)];
  }
}

async function aboutServer(node: Redis, name: string): Promise<Finding[]> {
  const facts = await inTime(node.info());
  const factOf = (key: string) =>
    new RegExp(`^${key}:(.*?)\\r?$`, 'm').exec(facts)?.[1] ?? 'unknown';
  const [version, policy] = [factOf('redis_version'), factOf('maxmemory_policy')];
  return [
    Number.parseInt(version, 10) >= oldestMajor
      ? well(`${name} is version ${version}`)
      : ill(`${name} is version ${version}: ${oldestMajor} or later is needed`),
    policy === 'noeviction'
      ? well(`${name} evicts nothing`)
      : ill(`${name} has maxmemory-policy ${policy}: CONFIG SET maxmemory-policy noeviction`),
  ];
}
