import { Cluster, type Redis } from 'ioredis';

/**
 * Ends a client and everything that waits for its `end`. ioredis does not emit `end` for a client that
 * has no connection open at that moment.
 */
export function closeRedis(redis: Redis | Cluster): void {
  const noNode = redis instanceof Cluster && redis.nodes().length === 0;
  const silent = noNode || redis.status === 'reconnecting';
  redis.disconnect();
  if (silent) redis.emit('end');
}
