import { factorKind } from '../factors/index.ts';
import type { Budget, Deps, FullBudgets } from '../ports.ts';
import { Problem } from '../problems.ts';
import { settleAll } from '../settle-all.ts';
import { laneDenialName } from './denials.ts';
import {
  type CallDeps,
  type CallReservation,
  reserveCall,
  reserveCallNow,
  type Sending,
} from './reserve-call.ts';
import { type BudgetDeps, sharedBudgets, userBudgets } from './sending-budgets.ts';

export type ReservationDeps = BudgetDeps & CallDeps & Pick<Deps, 'metrics'>;

export type SendingReservation = {
  call: CallReservation | null;
  /** For a code that was not placed. Never rejects: what stays counted is safe. */
  giveBack(): Promise<void>;
};

/**
 * Takes the budgets of a code, then waits for its call, if it may.
 *
 * @throws Problem `too-many-requests`, with nothing taken.
 */
export async function reserveSending(
  deps: ReservationDeps,
  sending: Sending,
  mayWait: boolean,
): Promise<SendingReservation> {
  const { user, lane, target, codeId } = sending;
  const budgets = [...userBudgets(deps, user, lane), ...sharedBudgets(deps, user, target)];
  const taken = () => budgets;
  const full = await deps.quotas.take(budgets, codeId);
  if (full) throw refusal(deps, full);
  try {
    const call = isCall(sending) ? await reserveCall(deps, sending, mayWait) : null;
    return reservationOf(deps, sending, taken, call);
  } catch (error) {
    await reservationOf(deps, sending, taken, null).giveBack();
    throw error;
  }
}

function refusal({ metrics }: ReservationDeps, { names, waitMs }: FullBudgets): Problem {
  for (const name of names) metrics.quotaRefused(name);
  const denied = names.includes(laneDenialName);
  return new Problem('too-many-requests', { retryAfterMs: waitMs, denied });
}

/**
 * Asks for all that a code needs beside its user's budgets, side by side. Those count as taken.
 *
 * @returns null when something is not free now. Nothing of it stays taken then.
 */
export async function reserveNow(
  deps: ReservationDeps,
  sending: Sending,
): Promise<SendingReservation | null> {
  const { user, lane, target, codeId } = sending;
  const shared = sharedBudgets(deps, user, target);
  const { values, failure } = await settleAll([
    deps.quotas.take(shared, codeId).then((full) => full === null),
    isCall(sending) ? reserveCallNow(deps, sending) : null,
  ]);
  const [taken, call] = values;
  const withUser = () => [...userBudgets(deps, user, lane), ...shared];
  if (taken && (call || !isCall(sending))) return reservationOf(deps, sending, withUser, call);
  await reservationOf(deps, sending, () => (taken ? shared : []), call).giveBack();
  if (failure) throw failure.reason;
  return null;
}

function isCall({ target }: Sending): boolean {
  return !factorKind(target.method).reachesDevices;
}

function reservationOf(
  deps: ReservationDeps,
  { codeId }: Sending,
  taken: () => readonly Budget[],
  call: CallReservation | null,
): SendingReservation {
  return {
    call,
    async giveBack() {
      const returns = [deps.quotas.giveBack(taken(), [codeId]), call?.giveBack()];
      const { failure } = await settleAll(returns);
      if (failure) deps.log.warn({ err: failure.reason }, 'a code stays counted');
    },
  };
}
