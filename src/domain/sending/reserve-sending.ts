import type { LoginContext } from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { factorKind } from '../factors/index.ts';
import { type CallDeps, type CallReservation, reserveCall } from './reserve-call.ts';
import { type BudgetDeps, takeBudgets } from './sending-budgets.ts';

export type ReservationDeps = BudgetDeps & CallDeps;

export type SendingReservation = {
  call: CallReservation | null;
  /** For a code that was not placed. Never rejects: what stays counted is safe. */
  giveBack(): Promise<void>;
};

/** @throws Problem `too-many-requests`, with nothing taken. */
export async function reserveSending(
  deps: ReservationDeps,
  context: LoginContext,
  target: Target,
  codeId: string,
): Promise<SendingReservation> {
  const budgets = await takeBudgets(deps, context, target, codeId);
  const giveBack = async (taken: (typeof budgets | CallReservation | null)[]) => {
    const all = await Promise.allSettled(taken.map((one) => one?.giveBack()));
    for (const one of all)
      if (one.status === 'rejected') deps.log.warn({ err: one.reason }, 'a code stays counted');
  };
  try {
    const calls = !factorKind(target.method).reachesDevices;
    const call = calls ? await reserveCall(deps, context, target, codeId) : null;
    return { call, giveBack: () => giveBack([budgets, call]) };
  } catch (error) {
    await giveBack([budgets]);
    throw error;
  }
}
