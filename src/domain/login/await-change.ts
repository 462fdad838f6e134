import { setTimeout as delay } from 'node:timers/promises';
import type { ChallengeRef, LoginContext } from '../challenge/challenge.ts';
import { liveCode } from '../challenge/code-in-play.ts';
import { type OpenDeps, openChallenge } from '../challenge/open-challenge.ts';
import { limitConcurrency } from '../limit-concurrency.ts';
import type { Deps } from '../ports.ts';

/** Finds a missed change, or a change of the user's factors, after about this time. */
const lookAgainMs = 5_000;

const limits = { waitersPerChallenge: 4, waiters: 2_000, looksAtOnce: 4 };

export type Waiting = {
  isNews: (context: LoginContext) => boolean;
  /** Ends the wait: time is up, the caller left, or the service stops. */
  over: AbortSignal;
};

type Waiter = Waiting & {
  answered: PromiseWithResolvers<LoginContext>;
  latest: LoginContext | null;
  leaving: boolean;
};

/** All callers that wait for one challenge, the oldest first. One look serves all. */
type Watch = { ref: ChallengeRef; waiters: Set<Waiter>; wake: () => void };

export type AwaitChange = (ref: ChallengeRef, waiting: Waiting) => Promise<LoginContext>;

/** One waiter too many for a challenge ends the wait of the oldest. One too many in all does not wait. */
export function changeWaiters(deps: OpenDeps): AwaitChange {
  const watches = new Map<string, Watch>();
  const look = limitConcurrency(limits.looksAtOnce, (ref: ChallengeRef) =>
    openChallenge(deps, ref),
  );
  let waiters = 0;
  return async (ref, waiting) => {
    const watch = watches.get(ref.id) ?? openWatch(ref);
    if (!watches.has(ref.id)) {
      watches.set(ref.id, watch);
      void attend(deps, watch, look, () => watches.delete(ref.id));
    }
    waiters += 1;
    try {
      return await join(watch, { ...waiting, leaving: waiters > limits.waiters });
    } finally {
      waiters -= 1;
    }
  };
}

function openWatch(ref: ChallengeRef): Watch {
  return { ref, waiters: new Set(), wake: () => {} };
}

async function join(
  watch: Watch,
  waiting: Waiting & Pick<Waiter, 'leaving'>,
): Promise<LoginContext> {
  const waiter = { ...waiting, latest: null, answered: Promise.withResolvers<LoginContext>() };
  const { over, answered } = waiter;
  const end = () => leave(watch, waiter);
  if (over.aborted) end();
  over.addEventListener('abort', end);
  watch.waiters.add(waiter);
  const staying = [...watch.waiters].filter(({ leaving }) => !leaving);
  for (const first of staying.slice(0, -limits.waitersPerChallenge)) leave(watch, first);
  watch.wake();
  try {
    return await answered.promise;
  } finally {
    over.removeEventListener('abort', end);
  }
}

function leave(watch: Watch, waiter: Waiter): void {
  waiter.leaving = true;
  if (!waiter.latest) return;
  waiter.answered.resolve(waiter.latest);
  watch.waiters.delete(waiter);
  watch.wake();
}

async function attend(
  { challenges }: Pick<Deps, 'challenges'>,
  watch: Watch,
  look: (ref: ChallengeRef) => Promise<LoginContext>,
  close: () => void,
): Promise<void> {
  const stopWatching = await challenges.watch(watch.ref, () => watch.wake());
  while (watch.waiters.size > 0) {
    // Before the look, so that no change is missed.
    const woken = nextWake(watch);
    const asking = [...watch.waiters];
    const pauseMs = await look(watch.ref)
      .then((context) => serve(watch, asking, context))
      .catch((error: unknown) => refuse(watch, asking, error));
    if (watch.waiters.size > 0) await firstOf(woken, pauseMs);
  }
  close();
  stopWatching();
}

function nextWake(watch: Watch): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  watch.wake = resolve;
  return promise;
}

/** @returns the milliseconds until the next look, if nothing changes. */
function serve(watch: Watch, asking: Waiter[], context: LoginContext): number {
  for (const waiter of asking) {
    waiter.latest = context;
    if (waiter.leaving || waiter.isNews(context)) leave(watch, waiter);
  }
  return untilNextEnd(context);
}

function refuse(watch: Watch, asking: Waiter[], error: unknown): number {
  for (const waiter of asking) {
    waiter.answered.reject(error);
    watch.waiters.delete(waiter);
  }
  return 0;
}

function untilNextEnd(context: LoginContext): number {
  const { challenge, now } = context;
  const codeEndsAt = liveCode(context)?.expiresAt ?? Number.POSITIVE_INFINITY;
  // Jitter, so that watches do not look at the same moment.
  const again = lookAgainMs * (0.8 + 0.4 * Math.random());
  return Math.max(0, Math.min(again, codeEndsAt - now, challenge.expiresAt - now));
}

async function firstOf(woken: Promise<void>, ms: number): Promise<void> {
  const round = new AbortController();
  await Promise.race([woken, delay(ms, undefined, round).catch(() => {})]);
  round.abort();
}
