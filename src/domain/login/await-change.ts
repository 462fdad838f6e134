import { setTimeout as delay } from 'node:timers/promises';
import type { ChallengeRef, ChallengeSnapshot, LoginContext } from '../challenge/challenge.ts';
import { liveCode } from '../challenge/code-in-play.ts';
import { type OpenDeps, openChallenge } from '../challenge/open-challenge.ts';
import { limitConcurrency } from '../limit-concurrency.ts';

/** Finds a change whose message was missed after about this time. */
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
  const looks: Looks = {
    look: limitConcurrency(limits.looksAtOnce, (ref: ChallengeRef) => openChallenge(deps, ref)),
    peek: limitConcurrency(limits.looksAtOnce, (ref: ChallengeRef) => deps.challenges.read(ref)),
  };
  let waiters = 0;
  return async (ref, waiting) => {
    const watch = watches.get(ref.id) ?? openWatch(ref);
    if (!watches.has(ref.id)) {
      watches.set(ref.id, watch);
      void attend(deps, watch, looks, () => watches.delete(ref.id));
    }
    waiters += 1;
    try {
      return await join(watch, { ...waiting, leaving: waiters > limits.waiters });
    } finally {
      waiters -= 1;
    }
  };
}

/** A look is what a waiter gets. A peek is at the challenge alone. */
type Looks = {
  look: (ref: ChallengeRef) => Promise<LoginContext>;
  peek: OpenDeps['challenges']['read'];
};

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

/** Who leaves is answered by one more look. */
function leave(watch: Watch, waiter: Waiter): void {
  waiter.leaving = true;
  watch.wake();
}

async function attend(
  { challenges }: Pick<OpenDeps, 'challenges'>,
  watch: Watch,
  { look, peek }: Looks,
  close: () => void,
): Promise<void> {
  const stopWatching = await challenges.watch(watch.ref, () => watch.wake());
  while (watch.waiters.size > 0) {
    // Before the look, so that no change is missed.
    const woken = nextWake(watch);
    const asking = [...watch.waiters];
    const seen = await look(watch.ref)
      .then((context) => serve(watch, asking, context))
      .catch((error: unknown) => refuse(watch, asking, error));
    const glance = () => peek(watch.ref).catch(() => null);
    if (seen && watch.waiters.size > 0) await untilNews(glance, seen, woken);
  }
  close();
  stopWatching();
}

function nextWake(watch: Watch): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  watch.wake = resolve;
  return promise;
}

function serve(watch: Watch, asking: Waiter[], context: LoginContext): LoginContext {
  for (const waiter of asking) {
    waiter.latest = context;
    if (waiter.leaving || waiter.isNews(context)) answer(watch, waiter, context);
  }
  return context;
}

function answer(watch: Watch, waiter: Waiter, context: LoginContext): void {
  waiter.answered.resolve(context);
  watch.waiters.delete(waiter);
}

function refuse(watch: Watch, asking: Waiter[], error: unknown): null {
  for (const waiter of asking) {
    if (waiter.leaving && waiter.latest) answer(watch, waiter, waiter.latest);
    waiter.answered.reject(error);
    watch.waiters.delete(waiter);
  }
  return null;
}

/** Most peeks find the challenge as it was. */
async function untilNews(
  peek: () => Promise<ChallengeSnapshot | null>,
  seen: LoginContext,
  woken: Promise<void>,
): Promise<void> {
  const { version, expiresAt } = seen.challenge;
  const endsAt = Math.min(liveCode(seen)?.expiresAt ?? Number.POSITIVE_INFINITY, expiresAt);
  let { now } = seen;
  while (now < endsAt) {
    // Jitter, so that watches do not peek at the same moment.
    const again = lookAgainMs * (0.8 + 0.4 * Math.random());
    const found = (await isFirst(woken, Math.min(again, endsAt - now))) ? null : await peek();
    if (found?.challenge.version !== version) return;
    now = found.now;
  }
}

/** Whether it resolves within so many milliseconds. */
async function isFirst(woken: Promise<void>, ms: number): Promise<boolean> {
  const round = new AbortController();
  const slept = delay(ms, false, round).catch(() => false);
  const first = await Promise.race([woken.then(() => true), slept]);
  round.abort();
  return first;
}
