import type { Cluster, Redis } from 'ioredis';
import { connectedMasters, probe } from './probe.ts';

/**
 * Resolves when Redis does all that the service asks of it, writing included. A cluster without one of
 * its masters serves the users of the others, so one master is enough.
 *
 * @throws the first refusal.
 */
export async function ping(redis: Redis | Cluster): Promise<void> {
  const probes = connectedMasters(redis).map(probe);
  if (probes.length === 0) throw new Error('no master is connected');
  await Promise.any(probes).catch(({ errors: [first] }: AggregateError) => {
    throw first;
  });
}
