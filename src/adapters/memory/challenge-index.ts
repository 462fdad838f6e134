import { LRUCache } from 'lru-cache';
import type { ChallengeRef } from '../../domain/challenge/challenge.ts';
import { approvalMemoryMs } from '../../domain/challenge/limits.ts';
import type { ChallengeIndex } from '../../domain/ports.ts';

/** Whose test challenges are, in the memory of one process. */
export function memoryChallengeIndex(): ChallengeIndex {
  const known = new LRUCache<string, ChallengeRef>({ max: 10_000 });
  return {
    async save({ id, organizationId, userId }, lifetimeMs) {
      known.set(id, { id, organizationId, userId }, { ttl: lifetimeMs + approvalMemoryMs });
    },
    find: async (id) => known.get(id) ?? null,
  };
}
