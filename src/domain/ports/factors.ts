import type { AuditEvent } from '../audit/audit.ts';
import type { Confirmation, UserKey } from '../people.ts';

/**
 * Factors of a user. Each change is atomic against every other change of the same user. A change
 * and its `entry` in the audit trail are one transaction; what changes nothing records nothing.
 * PostgreSQL.
 */
export interface Factors {
  /**
   * Makes a factor active: primary when it is the user's first, else secondary. The same
   * confirmation again is `confirmed` again, and recorded once.
   *
   * @returns `verification-required` when the user meanwhile has an active factor that this
   *   challenge has not verified; `factor-exists` when they have this very one; `too-many-factors`
   *   when they have as many as there may be.
   */
  confirm(
    user: UserKey,
    confirmation: Confirmation,
    entry: AuditEvent,
  ): Promise<'confirmed' | 'verification-required' | 'factor-exists' | 'too-many-factors'>;
  /** Makes a factor the primary and the primary a secondary, in one step. */
  promote(user: UserKey, factorId: string, entry: AuditEvent): Promise<'promoted' | 'not-found'>;
  /**
   * Removes a factor; of a primary, the oldest secondary takes the place, in the same step.
   *
   * @returns `last-factor`, with nothing removed, for the last one when `keepLast`.
   */
  remove(
    user: UserKey,
    factorId: string,
    keepLast: boolean,
    entry: AuditEvent,
  ): Promise<'removed' | 'not-found' | 'last-factor'>;
  /**
   * Removes every factor and device, and forgets that setting one up or a backup was declined: a
   * phone that is lost must not get the codes of what is set up next.
   *
   * @param entryFor makes the entry, given how many factors there were; it is always recorded.
   */
  reset(user: UserKey, entryFor: (removed: number) => AuditEvent): Promise<void>;
}
