import { createHash } from 'node:crypto';
import type { ChallengeRef } from '../../domain/challenge/challenge.ts';
import type { UserKey } from '../../domain/people.ts';
import type { Budget, IdempotencyClaim } from '../../domain/ports.ts';

/** Where one challenge is kept. */
export function challengeKey(ref: ChallengeRef): string {
  return `dc:{${slot(ref)}}:challenge:${ref.id}`;
}

/** Where it is kept which challenges a user has. */
export function indexKey(user: UserKey): string {
  return `dc:{${slot(user)}}:challenges`;
}

/** Where it is kept what was taken of a budget. Each has a slot of its own. */
export function quotaKey({ name, subject }: Pick<Budget, 'name' | 'subject'>): string {
  return `dc:{q:${name}:${digest(subject)}}`;
}

/** Where turns to place a call are handed out: one slot, so that one script sees all of it. */
export const turnKeys = [
  'dc:{turns}:waiting',
  'dc:{turns}:ends',
  'dc:{turns}:granted',
  'dc:{turns}:state',
] as const;

/** How an organization is named there. */
export function organizationDigest(organizationId: string): string {
  return digest(organizationId);
}

/** Where it is kept who calls a number now. */
export function lineKey(number: string): string {
  return `dc:{l:${digest(number)}}`;
}

/** One request with an idempotency key. Those of a challenge share a slot. */
export function requestKey({ key, challengeId }: Omit<IdempotencyClaim, 'attemptId'>): string {
  return challengeId ? `dc:{r:${challengeId}}:${key}` : `dc:{r:${key}}`;
}

/** Which answers of the same challenge are stored. */
export function answersKey({ key, challengeId }: Omit<IdempotencyClaim, 'attemptId'>): string {
  return `dc:{r:${challengeId ?? key}}:answers`;
}

/** A key that nothing is kept under: with numbers from 0 on, there is one in every slot. */
export function probeKey(number: number): string {
  return `dc:{probe:${number}}`;
}

/** The channel on which a process hears itself. */
export function heartbeatChannel(id: string): string {
  return `dc:{heartbeat}:${id}`;
}

/** All keys of one user share one cluster slot, so that one script may touch several of them. */
function slot({ organizationId, userId }: UserKey): string {
  return digest(`${organizationId}\0${userId}`);
}

/** Ids are the callers' own and may hold anything, braces too: a digest of them cannot. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');
}
