/** Each adapter implements one port. It rejects with Problem `unavailable` when its store does not answer in time. */

import type { AuditTrail } from './ports/audit-trail.ts';
import type { CallLines } from './ports/call-lines.ts';
import type { CallTurns } from './ports/call-turns.ts';
import type { ChallengeOutcomes } from './ports/challenge-outcomes.ts';
import type { ChallengeStore } from './ports/challenge-store.ts';
import type { Channel } from './ports/channel.ts';
import type { Clients } from './ports/clients.ts';
import type { CodeVault } from './ports/code-vault.ts';
import type { Database } from './ports/database.ts';
import type { DenyTokens } from './ports/deny-tokens.ts';
import type { Devices } from './ports/devices.ts';
import type { Factors } from './ports/factors.ts';
import type { GuessAccounts } from './ports/guess-accounts.ts';
import type { IdempotencyStore } from './ports/idempotency-store.ts';
import type { KnownDevices } from './ports/known-devices.ts';
import type { Metrics } from './ports/metrics.ts';
import type { Organizations } from './ports/organizations.ts';
import type { Quotas } from './ports/quotas.ts';
import type { RecoverySecrets } from './ports/recovery-secrets.ts';
import type { Settings } from './ports/settings.ts';
import type { Users } from './ports/users.ts';
import type { Fingerprint, Pseudonyms } from './secrets/pseudonym.ts';

export type * from './ports/audit-trail.ts';
export type * from './ports/call-lines.ts';
export type * from './ports/call-turns.ts';
export type * from './ports/challenge-outcomes.ts';
export type * from './ports/challenge-store.ts';
export type * from './ports/channel.ts';
export type * from './ports/clients.ts';
export type * from './ports/code-vault.ts';
export type * from './ports/database.ts';
export type * from './ports/deny-tokens.ts';
export type * from './ports/devices.ts';
export type * from './ports/factors.ts';
export type * from './ports/guess-accounts.ts';
export type * from './ports/idempotency-store.ts';
export type * from './ports/known-devices.ts';
export type * from './ports/metrics.ts';
export type * from './ports/organizations.ts';
export type * from './ports/quotas.ts';
export type * from './ports/recovery-secrets.ts';
export type * from './ports/settings.ts';
export type * from './ports/test-mode.ts';
export type * from './ports/tracing.ts';
export type * from './ports/users.ts';
export type * from './ports/webhooks.ts';

/** Never contains a code, a token or a full number. */
export interface Log {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

export type Deps = {
  settings: Settings;
  database: Database;
  organizations: Organizations;
  users: Users;
  factors: Factors;
  devices: Devices;
  guessAccounts: GuessAccounts;
  recoverySecrets: RecoverySecrets;
  knownDevices: KnownDevices;
  clients: Clients;
  trail: AuditTrail;
  challenges: ChallengeStore;
  outcomes: ChallengeOutcomes;
  quotas: Quotas;
  turns: CallTurns;
  lines: CallLines;
  idempotency: IdempotencyStore;
  channels: ReadonlyMap<string, Channel>;
  codes: CodeVault;
  denyTokens: DenyTokens;
  pseudonyms: Pseudonyms;
  fingerprint: Fingerprint;
  metrics: Metrics;
  log: Log;
};
