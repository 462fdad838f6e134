import type { AuditEvent } from '../audit/audit.ts';
import type { Confirmation, UserKey } from '../people.ts';

/**
 * Factors of a user. Changes of the same user run one after the other. A change and its `entry` in the
 * audit trail are one transaction. A call that changes nothing records nothing. PostgreSQL.
 */
export interface Factors {
  /**
   * Makes a factor active. The first one of a user is the primary, others are secondary. Repeating a
   * confirmation is fine, and records nothing more.
   *
   * @returns `verification-required` when the user now has an active factor that this challenge has
   *   not verified; `factor-exists` when they already have this factor; `too-many-factors` when they
   *   have the maximum; `no-device` when codes would reach no device.
   */
  confirm(
    user: UserKey,
    confirmation: Confirmation,
    entry: AuditEvent,
  ): Promise<
    'confirmed' | 'verification-required' | 'factor-exists' | 'too-many-factors' | 'no-device'
  >;
  /** Makes a factor the primary and the primary a secondary, in one step. */
  promote(user: UserKey, factorId: string, entry: AuditEvent): Promise<'promoted' | 'not-found'>;
  /**
   * Removes a factor. When it is the primary, the oldest secondary becomes primary in the same step.
   * When no factor works any more, the others are removed too.
   *
   * @param entryFor makes the entry for each removed factor, given its id.
   * @returns `last-factor`, with nothing removed, when `keepLast` is true and no other factor works.
   */
  remove(
    user: UserKey,
    factorId: string,
    keepLast: boolean,
    entryFor: (factorId: string) => AuditEvent,
  ): Promise<'removed' | 'not-found' | 'last-factor'>;
  /**
   * Removes every factor and device, and forgets skipped steps. A lost phone must not get the codes of
   * the factors that are set up next.
   *
   * @param entryFor makes the entry, given the number of removed factors. It is always recorded.
   */
  reset(user: UserKey, entryFor: (removed: number) => AuditEvent): Promise<void>;
}
