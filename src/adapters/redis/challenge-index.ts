import type { Cluster, Redis } from 'ioredis';
import { approvalMemoryMs } from '../../domain/challenge/limits.ts';
import type { ChallengeIndex } from '../../domain/ports.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { indexKey } from './keys.ts';

/** Whose test challenges are, in Redis. */
export function redisChallengeIndex(redis: Redis | Cluster): ChallengeIndex {
  return {
    async save({ id, organizationId, userId }, lifetimeMs) {
      const owner = JSON.stringify([organizationId, userId]);
      await orUnavailable(redis.set(indexKey(id), owner, 'PX', lifetimeMs + approvalMemoryMs));
    },
    async find(id) {
      const owner = await orUnavailable(redis.get(indexKey(id)));
      if (owner === null) return null;
      const [organizationId, userId] = JSON.parse(owner);
      return { organizationId, userId, id };
    },
  };
}
