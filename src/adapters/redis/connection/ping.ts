import { type Cluster, type Redis, ReplyError } from 'ioredis';
import { Problem } from '../../../domain/problems.ts';
import { connectedMasters, probe } from './probe.ts';
import { withoutArguments } from './reply-errors.ts';

/**
 * Resolves when Redis does all that the service asks of it, writing included. A cluster without one of
 * its masters serves the users of the others, so one master is enough.
 *
 * @throws Problem `unavailable`; its `detail` is the refusal of Redis.
 */
export async function ping(redis: Redis | Cluster): Promise<void> {
  const probes = connectedMasters(redis).map(probe);
  await Promise.any(probes).catch(({ errors: [first] }: AggregateError) => {
    const cause = withoutArguments(first ?? new Error('no master is connected'));
    const refusal = first instanceof ReplyError && { detail: cause.message };
    throw new Problem('unavailable', { retryAfterMs: 1_000, cause, ...refusal });
  });
}
