import { type Cluster, type Redis, ReplyError } from 'ioredis';
import { Problem } from '../../../domain/problems.ts';
import { connectedMasters, probe } from './probe.ts';
import { withoutArguments } from './reply-errors.ts';

/** Tries writing too. One master of a cluster is enough. @throws Problem `unavailable` with the refusal as `detail`. */
export async function ping(redis: Redis | Cluster): Promise<void> {
  const probes = connectedMasters(redis).map(probe);
  await Promise.any(probes).catch(({ errors: [first] }: AggregateError) => {
    const cause = withoutArguments(first ?? new Error('no master is connected'));
    const refusal = first instanceof ReplyError && { detail: cause.message };
    throw new Problem('unavailable', { retryAfterMs: 1_000, cause, ...refusal });
  });
}
