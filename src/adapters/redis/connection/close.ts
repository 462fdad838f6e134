import { Cluster, type Redis } from 'ioredis';

/** Also for what waits for `end`: ioredis does not emit it for a client without an open connection. */
export function closeRedis(redis: Redis | Cluster): void {
  const noNode = redis instanceof Cluster && redis.nodes().length === 0;
  const silent = noNode || redis.status === 'reconnecting';
  redis.disconnect();
  if (silent) redis.emit('end');
}
