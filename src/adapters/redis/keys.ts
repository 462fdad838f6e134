import { createHash } from 'node:crypto';
import type { ChallengeRef, UserKey } from '../../domain/ports.ts';

/** Where one challenge is kept. */
export function challengeKey(ref: ChallengeRef): string {
  return `dc:{${slot(ref)}}:challenge:${ref.id}`;
}

/** Where it is kept which challenges a user has. */
export function indexKey(user: UserKey): string {
  return `dc:{${slot(user)}}:challenges`;
}

/**
 * All keys of one user share one cluster slot, so that one script may touch several of them. The
 * ids are the callers' own and may hold anything, braces too: a digest of them cannot.
 */
function slot({ organizationId, userId }: UserKey): string {
  const digest = createHash('sha256').update(`${organizationId}\0${userId}`).digest();
  return digest.subarray(0, 16).toString('base64url');
}
