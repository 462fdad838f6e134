import type { AuditEvent } from '../audit/audit.ts';
import type { Confirmation, UserKey } from '../people.ts';

/** A user's factors change one after the other. A change and its `entry` are one transaction. PostgreSQL. */
export interface Factors {
  /** The first is the primary. May be repeated. `verification-required`: the challenge verified no active factor. */
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
  /** The oldest secondary replaces a primary. When no factor works any more, all go, or with `keepLast` none. */
  remove(
    user: UserKey,
    factorId: string,
    keepLast: boolean,
    entryFor: (factorId: string) => AuditEvent,
  ): Promise<'removed' | 'not-found' | 'last-factor'>;
  /** Also removes devices, and forgets skipped steps. The entry is always recorded. */
  reset(user: UserKey, entryFor: (removed: number) => AuditEvent): Promise<void>;
}
