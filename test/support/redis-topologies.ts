/** Redis in the forms it has in production. */
export { type RedisCluster, startRedisCluster } from './cluster-redis.ts';
export { ask, type Member, until, untilReplicated } from './redis-members.ts';
export { type SentinelRedis, startSentinelRedis } from './sentinel-redis.ts';
