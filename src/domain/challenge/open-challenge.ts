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

export type OpenDeps = Pick<Deps, 'challenges' | 'users' | 'settings'>;

export function refOf({ organizationId, userId, id }: Challenge): ChallengeRef {
  return { organizationId, userId, id };
}

/** Reads a challenge and its user. @throws Problem `challenge-expired` */
export async function openChallenge(deps: OpenDeps, ref: ChallengeRef): Promise<LoginContext> {
  const [snapshot, user] = await Promise.all([readChallenge(deps, ref), deps.users.load(ref)]);
  return contextOf(deps, snapshot, user);
}

/** @throws Problem `challenge-expired` */
export async function readChallenge(
  { challenges }: Pick<Deps, 'challenges'>,
  ref: ChallengeRef,
): Promise<ChallengeSnapshot> {
  const snapshot = await challenges.read(ref);
  if (!snapshot || snapshot.now >= snapshot.challenge.expiresAt)
    throw new Problem('challenge-expired');
  return snapshot;
}

export function contextOf(
  { settings }: Pick<Deps, 'settings'>,
  snapshot: ChallengeSnapshot,
  user: User,
): LoginContext {
  return { ...snapshot, user, careful: user.shortGuesses >= settings.guessLimits.short };
}

// A burst of guesses raises the version often, but a code has few looks.
const maxTries = 20;

/** Decides again when another replica changed it first. `decide` returns the fields to replace, null for no change. */
export async function updateChallenge<S extends ChallengeSnapshot>(
  { challenges }: Pick<Deps, 'challenges'>,
  start: S,
  decide: (current: S) => ChallengePatch | null,
  keepMs?: number,
): Promise<S> {
  const ref = refOf(start.challenge);
  let current = start;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const patch = decide(current);
    if (!patch) return current;
    const changed = await challenges.change(ref, current.challenge.version, patch, keepMs);
    if (changed !== 'conflict') return { ...current, ...present(changed) };
    current = { ...current, ...present(await challenges.read(ref)) };
  }
  throw new Problem('unavailable', { retryAfterMs: second, detail: 'Too many calls at once.' });
}

function present(snapshot: ChallengeSnapshot | null): ChallengeSnapshot {
  if (!snapshot) throw new Problem('challenge-expired');
  return snapshot;
}
