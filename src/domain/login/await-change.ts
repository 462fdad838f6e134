import { setTimeout as delay } from 'node:timers/promises';
import type { ChallengeRef } from '../challenge/challenge.ts';
import { type LoginContext, liveCode } from '../challenge/challenge.ts';
import { openChallenge } from '../challenge/open-challenge.ts';
import type { Deps } from '../ports.ts';

/** A factor that was removed, or a change that went unheard, is seen after this long. */
const lookAgainMs = 5_000;

type Waiting = {
  /** Whether this is what is waited for. */
  isNews: (context: LoginContext) => boolean;
  /** Ends the waiting: the time is over, the caller is gone, or the service stops. */
  over: AbortSignal;
};

/**
 * The challenge as soon as something about it is news, or as it stands when the waiting is over. Also
 * the passing of time is news: when a code or the challenge comes to its end, it is looked at again.
 */
export async function awaitChange(
  deps: Deps,
  ref: ChallengeRef,
  { isNews, over }: Waiting,
): Promise<LoginContext> {
  let change = Promise.withResolvers<void>();
  const stopWatching = await deps.challenges.watch(ref, () => change.resolve());
  try {
    for (;;) {
      // Before looking: a change that comes meanwhile must not be missed.
      change = Promise.withResolvers();
      const context = await openChallenge(deps, ref);
      if (over.aborted || isNews(context)) return context;
      await firstOf(change.promise, untilNextEnd(context), over);
    }
  } finally {
    stopWatching();
  }
}

function untilNextEnd(context: LoginContext): number {
  const { challenge, now } = context;
  const codeEndsAt = liveCode(context)?.expiresAt ?? Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(lookAgainMs, codeEndsAt - now, challenge.expiresAt - now));
}

async function firstOf(change: Promise<void>, ms: number, over: AbortSignal): Promise<void> {
  const round = new AbortController();
  const signal = AbortSignal.any([over, round.signal]);
  await Promise.race([change, delay(ms, undefined, { signal }).catch(() => {})]);
  round.abort();
}
