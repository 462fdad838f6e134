import type { Code, DeliveryState } from './challenge.ts';

/** A delivery only ever goes on to a state of a higher number. */
const order: Record<DeliveryState, number> = {
  accepted: 0,
  ringing: 1,
  answered: 2,
  completed: 3,
  busy: 3,
  'no-answer': 3,
  failed: 3,
};

/** The call has ended. */
export function isOver(delivery: DeliveryState): boolean {
  return order[delivery] === order.failed;
}

/** Nobody heard the code: the user need not wait for it. */
export function isUnheard(delivery: DeliveryState): boolean {
  return isOver(delivery) && delivery !== 'completed';
}

/** What is known of a call, and by whose clock it is looked at. */
type News = {
  callId: string;
  delivery: DeliveryState;
  now: number;
  codeTtlMs: number;
  callKeyFirst: boolean;
};

/**
 * The code after news of its call; null when it is not news. Reports may come late, twice or in the
 * wrong order, and one that was overheard may be sent again.
 */
export function movedOn(
  code: Code,
  { callId, delivery, now, codeTtlMs, callKeyFirst }: News,
): Code | null {
  if (code.callId !== null && code.callId !== callId) return null;
  // Without its name what we have is our own guess, "failed" too: the provider knows better.
  const before = code.callId === null ? 'accepted' : code.delivery;
  if (code.callId !== null && order[delivery] <= order[before]) return null;
  const heard =
    !callKeyFirst && order[before] < order.answered && ['answered', 'completed'].includes(delivery);
  const expiresAt = heard ? Math.min(code.expiresAt, now + codeTtlMs) : code.expiresAt;
  const resendAt = isUnheard(delivery) ? now : code.sentAt + codeTtlMs;
  // Nobody can press a key any more.
  const sealed = isOver(delivery) ? null : code.sealed;
  return { ...code, callId, delivery, expiresAt, resendAt, sealed };
}
