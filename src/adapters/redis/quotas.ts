import type { Cluster, Redis } from 'ioredis';
import type { Budget, Quotas } from '../../domain/ports.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { quotaKey } from './keys.ts';
import { withScripts } from './scripts.ts';

/** A sorted set for each. They are in different cluster slots, so they are taken one after the other. */
export function redisQuotas(client: Redis | Cluster): Quotas {
  const redis = withScripts(client);

  /** After one refuses, the others are only asked: the caller waits until all have room. */
  async function takeEach(
    budgets: readonly Budget[],
    member: string,
    taken: Budget[],
  ): Promise<number> {
    let longestMs = 0;
    for (const budget of budgets) {
      const { limit, windowMs } = budget;
      const take = longestMs === 0 ? 1 : 0;
      const reply = redis.takeQuota(quotaKey(budget), limit, windowMs, member, take);
      const [waitMs, isNew] = await orUnavailable(reply);
      if (isNew) taken.push(budget);
      longestMs = Math.max(longestMs, waitMs);
    }
    return longestMs;
  }

  const giveBack: Quotas['giveBack'] = async (budgets, members) => {
    if (members.length === 0) return;
    const removals = budgets.map((budget) =>
      orUnavailable(redis.zrem(quotaKey(budget), ...members)),
    );
    await Promise.all(removals);
  };

  return {
    async take(budgets, member) {
      const taken: Budget[] = [];
      let complete = false;
      try {
        const waitMs = await takeEach(budgets, member, taken);
        complete = waitMs === 0;
        return complete ? null : waitMs;
      } finally {
        // Also when Redis failed halfway: a user who gets no code must not pay for it.
        if (!complete) await giveBack(taken, [member]);
      }
    },
    giveBack,
    async clear(budgets) {
      await Promise.all(budgets.map((budget) => orUnavailable(redis.del(quotaKey(budget)))));
    },
  };
}
