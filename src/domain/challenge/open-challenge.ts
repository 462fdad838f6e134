import type { User } from '../people.ts';
import type { ChangeOptions, Creation, Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { second } from '../time.ts';
import type {
  Challenge,
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
  LoginContext,
} from './challenge.ts';

export type OpenDeps = Pick<Deps, 'challenges' | 'users' | 'settings' | 'recoverySecrets'>;

export function refOf({ organizationId, userId, id }: Challenge): ChallengeRef {
  return { organizationId, userId, id };
}

/** A challenge that a caller wants to open. `admitted` rejects when they may not. */
export type Entrance = ChallengeRef & { admitted?: Promise<void> };

/** Reads a challenge and its user. @throws as `readChallenge` */
export async function openChallenge(deps: OpenDeps, entrance: Entrance): Promise<LoginContext> {
  const reads = [readChallenge(deps, entrance), deps.users.load(entrance)] as const;
  return withRecoveryCodes(deps, contextOf(deps, ...(await Promise.all(reads))));
}

/** Counts the recovery codes where a screen shows that. */
export async function withRecoveryCodes(
  { recoverySecrets }: Pick<Deps, 'recoverySecrets'>,
  context: LoginContext,
): Promise<LoginContext> {
  const { challenge, user } = context;
  if (challenge.purpose !== 'edit' || !challenge.verified) return context;
  return { ...context, recoveryCodes: await recoverySecrets.countCodes(user) };
}

/** @throws Problem `challenge-expired`, or why the caller is not admitted. */
export async function readChallenge(
  { challenges }: Pick<Deps, 'challenges'>,
  { admitted, ...ref }: Entrance,
): Promise<ChallengeSnapshot> {
  const [snapshot] = await Promise.all([challenges.read(ref), admitted]);
  if (!snapshot || snapshot.now >= snapshot.challenge.expiresAt)
    throw new Problem('challenge-expired');
  return snapshot;
}

/**
 * Begins a challenge for a caller who has no token of it yet.
 * @throws Problem `unavailable` instead of `challenge-expired`: its user was erased or reset while it began.
 */
export async function whileItBegins<T>(begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (cause) {
    if (!Problem.is(cause, 'challenge-expired')) throw cause;
    const detail = 'The user was erased or reset in this moment. Send the request again.';
    throw new Problem('unavailable', { retryAfterMs: second, detail, cause });
  }
}

/** @throws Problem `too-many-requests` when nothing was created. */
export function createdOf(
  { metrics }: Pick<Deps, 'metrics'>,
  creation: Creation,
): ChallengeSnapshot {
  if ('challenge' in creation) return creation;
  metrics.quotaRefused(creation.outcome);
  throw new Problem('too-many-requests', { retryAfterMs: creation.retryAfterMs });
}

export function contextOf(
  deps: Pick<Deps, 'settings'>,
  snapshot: ChallengeSnapshot,
  user: User,
): LoginContext {
  return { ...snapshot, user, careful: isCareful(deps, user), recoveryCodes: null };
}

/** Whether the account has so many wrong guesses that 4 digits are not safe. */
export function isCareful({ settings }: Pick<Deps, 'settings'>, user: User): boolean {
  return user.shortGuesses >= settings.guessLimits.short;
}

// A burst of guesses raises the version often, but a code has few looks.
const maxTries = 20;

/**
 * Decides again when another replica changed it first. `decide` returns the fields to replace, null for no change;
 * `options` what the change does besides.
 */
export async function updateChallenge<S extends ChallengeSnapshot>(
  { challenges }: Pick<Deps, 'challenges'>,
  start: S,
  decide: (current: S) => ChallengePatch | null,
  options?: (current: S) => ChangeOptions,
): Promise<S> {
  let current = start;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const patch = decide(current);
    if (!patch) return current;
    const after = await challenges.change(current.challenge, patch, options?.(current));
    if (!after) throw new Problem('challenge-expired');
    const { changed, ...snapshot } = after;
    current = { ...current, ...snapshot };
    if (changed) return current;
  }
  throw new Problem('unavailable', { retryAfterMs: second, detail: 'Too many calls at once.' });
}
