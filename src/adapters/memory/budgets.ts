import type { Budget, BudgetName, FullBudgets } from '../../domain/ports.ts';

const sweepMs = 60_000;

/** The members of one budget with their times, oldest first. */
type Taken = { members: Map<string, number>; until: number };

export type MemoryBudgets = ReturnType<typeof memoryBudgets>;

/** What was taken of budgets, in the memory of one process. */
export function memoryBudgets({ now }: { now: () => number }) {
  const all = new Map<string, Taken>();
  let sweptAt = now();

  function put(budget: Budget, member: string, at: number): void {
    if (budget.readOnly) return;
    const live = membersWithin(budget, all.get(keyOf(budget)), at);
    if (live.has(member)) return;
    live.set(member, at);
    all.set(keyOf(budget), { members: live, until: at + longest(budget) });
  }

  return {
    /** @returns null when taken. */
    take(budgets: readonly Budget[], member: string): FullBudgets | null {
      const at = now();
      if (at - sweptAt >= sweepMs) {
        forgetOld(all, at);
        sweptAt = at;
      }
      const waits = budgets.map((each) => waitFor(each, all.get(keyOf(each)), member, at));
      const waitMs = Math.max(0, ...waits);
      const full = budgets.filter((_, i) => (waits[i] ?? 0) > 0);
      if (waitMs > 0) return { waitMs, names: full.map(({ name }) => name) };
      for (const budget of budgets) put(budget, member, at);
      return null;
    },
    giveBack(budgets: readonly BudgetName[], members: readonly string[]): void {
      for (const budget of budgets) {
        for (const member of members) all.get(keyOf(budget))?.members.delete(member);
      }
    },
    clear(budgets: readonly BudgetName[]): void {
      for (const budget of budgets) all.delete(keyOf(budget));
    },
  };
}

function keyOf({ name, subject }: BudgetName): string {
  return JSON.stringify([name, subject]);
}

function longest({ windows }: Budget): number {
  return Math.max(...windows.map(({ windowMs }) => windowMs));
}

function membersWithin(budget: Budget, taken: Taken | undefined, at: number): Map<string, number> {
  const live = [...(taken?.members ?? [])].filter(([, since]) => since > at - longest(budget));
  return new Map(live);
}

/** How long until there is room. A member that is there already needs none. */
function waitFor(budget: Budget, taken: Taken | undefined, member: string, at: number): number {
  const live = membersWithin(budget, taken, at);
  return live.has(member) ? 0 : roomAfter([...live.values()], budget.windows, at);
}

/** How long until there is room for one more, after those at `times`, oldest first. */
export function roomAfter(times: number[], windows: Budget['windows'], at: number): number {
  const waits = windows.map(({ limit, windowMs }) => {
    // Counts from the newest, which is right even after the limit was lowered.
    const last = times.at(-limit);
    return last === undefined ? 0 : last + windowMs - at;
  });
  return Math.max(0, ...waits);
}

function forgetOld(all: Map<string, Taken>, at: number): void {
  for (const [key, { until }] of all) {
    if (until <= at) all.delete(key);
  }
}
