import type { AuditEvent } from '../audit/audit.ts';
import type { Confirmation, UserKey } from '../people.ts';

/**
 * Factors of a user, changed one after the other. A change and its `entry` are one transaction; without a change
 * nothing is recorded. PostgreSQL.
 */
export interface Factors {
  /**
   * Makes a factor active. The first one is the primary. May be repeated.
   *
   * @returns `verification-required` when the challenge has not verified an active factor; `no-device` when codes
   *   would reach no device; `gone` when the user was erased.
   */
  confirm(
    user: UserKey,
    confirmation: Confirmation,
    entry: AuditEvent,
  ): Promise<
    | 'confirmed'
    | 'verification-required'
    | 'factor-exists'
    | 'too-many-factors'
    | 'no-device'
    | 'gone'
  >;
  /** Swaps the roles of a factor and the primary. */
  promote(user: UserKey, factorId: string, entry: AuditEvent): Promise<'promoted' | 'not-found'>;
  /**
   * Removes a factor. The oldest secondary replaces a primary. When no factor works any more, all go.
   *
   * @param entryFor makes the entry for each removed factor, from its id.
   * @returns `last-factor`, with nothing removed, when `keepLast` is true and no other factor works.
   */
  remove(
    user: UserKey,
    factorId: string,
    keepLast: boolean,
    entryFor: (factorId: string) => AuditEvent,
  ): Promise<'removed' | 'not-found' | 'last-factor'>;
  /**
   * Removes every factor and device, and forgets skipped steps.
   *
   * @param entryFor makes the entry from the number of removed factors. It is always recorded.
   */
  reset(user: UserKey, entryFor: (removed: number) => AuditEvent): Promise<void>;
}
