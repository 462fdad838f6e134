import { setTimeout as delay } from 'node:timers/promises';
import type { ChallengeRef, LoginContext } from '../challenge/challenge.ts';
import { liveCode } from '../challenge/code-in-play.ts';
import { type OpenDeps, openChallenge } from '../challenge/open-challenge.ts';
import { limitConcurrency } from '../limit-concurrency.ts';
import type { Deps } from '../ports.ts';

/** A change that went unheard, or one of the user's factors, is found after about this long. */
const lookAgainMs = 5_000;

/** How many callers wait at most, for one challenge and in all, and how many looks they cause at once. */
const limits = { waitersPerChallenge: 4, waiters: 2_000, looksAtOnce: 4 };

export type Waiting = {
  /** Whether this is what the caller waits for. */
  isNews: (context: LoginContext) => boolean;
  /** Ends the waiting: the time is over, the caller is gone, or the service stops. */
  over: AbortSignal;
};

type Waiter = Waiting & {
  answered: PromiseWithResolvers<LoginContext>;
  /** How the challenge stood at the last look that this caller waited for. */
  latest: LoginContext | null;
  /** Is answered by the next look, whatever it shows. */
  leaving: boolean;
};

/** All who wait for one challenge: a look serves all of them. The one who waits longest comes first. */
type Watch = { ref: ChallengeRef; waiters: Set<Waiter>; wake: () => void };

export type AwaitChange = (ref: ChallengeRef, waiting: Waiting) => Promise<LoginContext>;

/**
 * Returns what waits for a change of a challenge. It resolves with the challenge as soon as something
 * about it is news, or as it stands when the waiting is over. The passing of time is news too: the
 * challenge is looked at again when a code or the challenge ends.
 *
 * One more waiter than a challenge may have ends the waiting of the first; one more than there may be
 * in all does not wait.
 */
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

/** Answers with the last look; a caller who has seen none is answered by the next one. */
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
    // Before the look: a change during it must not be missed.
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

/** @returns how long nothing is to be looked at, if nobody wakes the watch. */
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
  // With jitter: watches that begin together would look together each time.
  const again = lookAgainMs * (0.8 + 0.4 * Math.random());
  return Math.max(0, Math.min(again, codeEndsAt - now, challenge.expiresAt - now));
}

async function firstOf(woken: Promise<void>, ms: number): Promise<void> {
  const round = new AbortController();
  await Promise.race([woken, delay(ms, undefined, round).catch(() => {})]);
  round.abort();
}
