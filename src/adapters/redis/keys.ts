import { hash } from 'node:crypto';
import type { ChallengeRef } from '../../domain/challenge/challenge.ts';
import type { Mode } from '../../domain/mode.ts';
import type { UserKey } from '../../domain/people.ts';
import type { BudgetName, IdempotencyClaim } from '../../domain/ports.ts';
import { keySlot } from './connection/key-slot.ts';

/** One challenge. */
export function challengeKey(ref: ChallengeRef): string {
  return challengePrefix(ref) + ref.id;
}

/** What stands before the id in the keys of a user's challenges. */
export function challengePrefix(user: UserKey): string {
  return challengeKeyIn(userSlot(user), '');
}

/** The same, when the slot of its user is all that is known. */
export function challengeKeyIn(slot: string, id: string): string {
  return `dc:{${slot}}:challenge:${id}`;
}

/** When the challenges of a user were started: their ids by time. */
export function startedKey(user: UserKey): string {
  return `dc:{${userSlot(user)}}:started`;
}

/** What was taken of a budget. Each budget has its own slot, but those of a user are in the user's. */
export function budgetKey({ name, subject, user }: BudgetName): string {
  const hash = digest(subject);
  return user ? `dc:{${anonymousTag(userSlot(user))}}:${name}:${hash}` : `dc:{q:${name}:${hash}}`;
}

/** The turns for calls. They share a slot, so that one script sees all of them. */
export function turnKeys(mode: Mode): [string, string, string, string] {
  const turns = mode === 'test' ? 'dc:{test-turns}' : 'dc:{turns}';
  return [`${turns}:waiting`, `${turns}:ends`, `${turns}:granted`, `${turns}:state`];
}

/** The name of an organization among the turns. */
export function organizationDigest(organizationId: string): string {
  return digest(organizationId);
}

/** The calls to a number. */
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

/** A key without a value: with numbers from 0 on, there is one in every slot. */
export function probeKey(number: number): string {
  return `dc:{probe:${number}}`;
}

/** The channel on which a process listens for itself. */
export function heartbeatChannel(id: string): string {
  return `dc:{heartbeat}:${id}`;
}

/** All keys of one user share a cluster slot, so that one script can use several of them. */
export function userSlot({ organizationId, userId }: UserKey): string {
  return digest(`${organizationId}\0${userId}`);
}

const tags: string[] = [];
let nextTag = 0;

/**
 * A hash tag with the same slot that many users share. A budget outlives an erased user by a day, so its
 * key must not name them.
 */
function anonymousTag(tag: string): string {
  const wanted = keySlot(`{${tag}}`);
  for (; tags[wanted] === undefined; nextTag += 1) tags[keySlot(`{${nextTag}}`)] ??= `${nextTag}`;
  return tags[wanted];
}

const base64url = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 16 bytes. Callers choose ids, which may have braces. A digest has none. */
function digest(text: string): string {
  const whole = hash('sha256', text, 'base64url');
  // The 22nd sign has two bits of the 16 bytes, and four of what follows. A buffer in between takes twice as long.
  const last = base64url.indexOf(whole.charAt(21)) & 0b110000;
  return whole.slice(0, 21) + base64url.charAt(last);
}
