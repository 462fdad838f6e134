import type { Cluster, Redis } from 'ioredis';
import type { Budget, Quotas, Window } from '../../domain/ports.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { budgetKey } from './keys.ts';
import { withScripts } from './scripts.ts';

/** A sorted set for each. Those of a user share a slot and a script; the others are asked side by side. */
export function redisQuotas(client: Redis | Cluster): Quotas {
  const redis = withScripts(client);

  async function takeTogether(budgets: readonly Budget[], member: string) {
    const windows = budgets.map(budgetText);
    const reply = redis.takeBudgets(budgets.length, ...budgets.map(budgetKey), member, ...windows);
    const [waitMs, ...numbers] = await orUnavailable(reply);
    const named = budgets.filter((_, i) => numbers.includes(i + 1));
    return waitMs > 0 ? { waitMs, full: named, taken: [] } : { waitMs, full: [], taken: named };
  }

  const giveBack: Quotas['giveBack'] = async (budgets, members) => {
    if (members.length === 0) return;
    const removals = budgets.map((budget) =>
      orUnavailable(redis.zrem(budgetKey(budget), ...members)),
    );
    await Promise.all(removals);
  };

  return {
    async take(budgets, member) {
      const asked = await Promise.allSettled(
        bySlot(budgets).map((together) => takeTogether(together, member)),
      );
      const answered = asked.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
      const failed = asked.find((one) => one.status === 'rejected');
      const waitMs = Math.max(0, ...answered.map((one) => one.waitMs));
      if (!failed && waitMs === 0) return null;
      // Also when Redis failed halfway: a user who gets no code must not pay for it.
      const returned = giveBack(
        answered.flatMap(({ taken }) => taken),
        [member],
      );
      if (failed) await returned.catch(() => {});
      if (failed) throw failed.reason;
      await returned;
      return { waitMs, names: answered.flatMap(({ full }) => full.map(({ name }) => name)) };
    },
    giveBack,
    async clear(budgets) {
      await Promise.all(budgets.map((budget) => orUnavailable(redis.del(budgetKey(budget)))));
    },
  };
}

/** How long a member is stored, then each window: as `room` in common.lua reads it. */
export function windowsText(windows: readonly Window[], keepMs = 0): string {
  let [storedMs, text] = [keepMs, ''];
  for (const { limit, windowMs } of windows) {
    storedMs = Math.max(storedMs, windowMs);
    text += ` ${limit}/${windowMs}`;
  }
  return storedMs + text;
}

/** The same of a budget. Stored for no time at all: it is only looked at. */
export function budgetText({ windows, readOnly = false }: Budget): string {
  const text = windowsText(windows);
  return readOnly ? text.replace(/^\d+/, '0') : text;
}

function bySlot(budgets: readonly Budget[]): Budget[][] {
  const own = budgets.filter(({ user }) => user);
  const shared = budgets.filter(({ user }) => !user).map((budget) => [budget]);
  return own.length > 0 ? [own, ...shared] : shared;
}
