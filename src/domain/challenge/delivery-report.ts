import type { Code, DeliveryState } from './challenge.ts';

/** A delivery only moves to a higher number. */
const order: Record<DeliveryState, number> = {
  accepted: 0,
  ringing: 1,
  answered: 2,
  completed: 3,
  busy: 3,
  'no-answer': 3,
  failed: 3,
};

export function isOver(delivery: DeliveryState): boolean {
  return order[delivery] === order.failed;
}

export function isUnheard(delivery: DeliveryState): boolean {
  return isOver(delivery) && delivery !== 'completed';
}

type News = {
  callId: string;
  delivery: DeliveryState;
  now: number;
  codeTtlMs: number;
  callKeyFirst: boolean;
};

/** Null when nothing changes. Reports may come late, twice, replayed or in the wrong order. */
export function movedOn(
  code: Code,
  { callId, delivery, now, codeTtlMs, callKeyFirst }: News,
): Code | null {
  if (code.callId !== null && code.callId !== callId) return null;
  // Without the call's id, our state is a guess, "failed" too: the provider knows better.
  const before = code.callId === null ? 'accepted' : code.delivery;
  if (code.callId !== null && order[delivery] <= order[before]) return null;
  const heard =
    !callKeyFirst && order[before] < order.answered && ['answered', 'completed'].includes(delivery);
  const expiresAt = heard ? Math.min(code.expiresAt, now + codeTtlMs) : code.expiresAt;
  const resendAt = isUnheard(delivery) ? now : code.sentAt + codeTtlMs;
  const sealed = isOver(delivery) ? null : code.sealed;
  return { ...code, callId, delivery, expiresAt, resendAt, sealed };
}
