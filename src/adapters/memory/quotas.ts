import type { Quotas } from '../../domain/ports.ts';
import type { MemoryBudgets } from './budgets.ts';

/** Budgets in the memory of one process, for trying out. */
export function memoryQuotas(budgets: MemoryBudgets): Quotas {
  return {
    take: async (all, member) => budgets.take(all, member),
    giveBack: async (all, members) => budgets.giveBack(all, members),
    clear: async (all) => budgets.clear(all),
  };
}
