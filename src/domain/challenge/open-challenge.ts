import type { User } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { second } from '../time.ts';
import type {
  Challenge,
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
  LoginContext,
} from './challenge.ts';

export function refOf({ organizationId, userId, id }: Challenge): ChallengeRef {
  return { organizationId, userId, id };
}

/**
 * A challenge and its user, as both are now.
 *
 * @throws Problem `challenge-expired` when it never was or its time is over.
 */
export async function openChallenge(deps: Deps, ref: ChallengeRef): Promise<LoginContext> {
  const [seen, user] = await Promise.all([deps.challenges.read(ref), deps.users.load(ref)]);
  if (!seen || seen.now >= seen.challenge.expiresAt) throw new Problem('challenge-expired');
  return contextOf(deps, seen, user);
}

/** What is known together: read for each call, and anew whenever the user changed. */
export function contextOf({ settings }: Deps, seen: ChallengeSnapshot, user: User): LoginContext {
  return { ...seen, user, careful: user.guesses.short >= settings.guessLimits.short };
}

// Every change of a challenge raises its version, guesses too: a burst of them can make a change
// lose several times in a row, but not for long, since a code has few looks.
const tries = 20;

/**
 * Decides on a change and makes it, anew whenever another replica changed the challenge first.
 *
 * @param decide what to replace, given how things stand; null to leave all as it is. Whatever it
 *   throws is thrown.
 */
export async function updateChallenge<S extends ChallengeSnapshot>(
  deps: Deps,
  start: S,
  decide: (current: S) => ChallengePatch | null,
  keepMs?: number,
): Promise<S> {
  const ref = refOf(start.challenge);
  let current = start;
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const patch = decide(current);
    if (!patch) return current;
    const seen = await deps.challenges.change(ref, current.challenge.version, patch, keepMs);
    if (seen !== 'conflict') return { ...current, ...present(seen) };
    current = { ...current, ...present(await deps.challenges.read(ref)) };
  }
  throw new Problem('unavailable', { retryAfterMs: second, detail: 'Too many calls at once.' });
}

function present(seen: ChallengeSnapshot | null): ChallengeSnapshot {
  if (!seen) throw new Problem('challenge-expired');
  return seen;
}
