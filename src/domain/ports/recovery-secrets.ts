import type { AuditEvent } from '../audit/audit.ts';
import type { UserKey } from '../people.ts';

export type RecoveryKind = 'pass' | 'recovery-code';

/** Only hashes are stored. A change and its entry are one transaction. PostgreSQL. */
export interface RecoverySecrets {
  /** In place of the one before. @returns when it expires; null: no such user. */
  createPass(
    user: UserKey,
    pass: { hash: string; lifetimeMs: number },
    entry: AuditEvent,
  ): Promise<Date | null>;
  /** Records the entry only if there was a pass. */
  removePass(user: UserKey, entry: AuditEvent): Promise<void>;
  replaceCodes(
    user: UserKey,
    hashes: readonly string[],
    entry: AuditEvent,
  ): Promise<'replaced' | 'no-factor'>;
  countCodes(user: UserKey): Promise<number>;
  /** Uses a secret up. The same attempt again gets true again. @returns false: unknown, used or expired. */
  use(
    user: UserKey,
    secret: { kind: RecoveryKind; hash: string; attemptId: string },
    entry: AuditEvent,
  ): Promise<boolean>;
  /** Removes passes that expired before `moment`, and what was used before it. */
  prune(moment: Date): Promise<void>;
}
