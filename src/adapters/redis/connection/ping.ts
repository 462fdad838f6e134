import { Cluster, type Redis } from 'ioredis';

/** Resolves when anyone can be served: a cluster without one of its masters serves the others' users. */
export async function ping(redis: Redis | Cluster): Promise<void> {
  if (redis instanceof Cluster) await Promise.any(redis.nodes('master').map((node) => node.ping()));
  else await redis.ping();
}
