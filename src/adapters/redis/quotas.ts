import type { Cluster, Redis } from 'ioredis';
import type { Budget, Quotas } from '../../domain/ports.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { quotaKey } from './keys.ts';
import { withScripts } from './scripts.ts';

/**
 * Budgets in Redis: a sorted set each of what was taken within the window, at most as long as the
 * limit. One script looks and takes; budgets are in different cluster slots, and so are taken one
 * after the other.
 */
export function redisQuotas(client: Redis | Cluster): Quotas {
  const redis = withScripts(client);

  /** Once one refuses, the rest is only asked: the wait is until the last of them has room. */
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
        // Also when Redis failed halfway: who got no code must not have paid for it.
        if (!complete) await giveBack(taken, [member]);
      }
    },
    giveBack,
    async clear(budgets) {
      await Promise.all(budgets.map((budget) => orUnavailable(redis.del(quotaKey(budget)))));
    },
  };
}
