/**
 * What the domain needs from the outside world. Each adapter satisfies one of these; the
 * composition root hands all of them out as one {@link Deps}.
 *
 * Every port rejects with the problem `unavailable` when what stands behind it does not answer
 * within its time limit; nothing else a port throws is expected.
 */

import type { AuditTrail } from './ports/audit-trail.ts';
import type { ChallengeStore } from './ports/challenge-store.ts';
import type { Channel } from './ports/channel.ts';
import type { CodeVault } from './ports/code-vault.ts';
import type { Directory } from './ports/directory.ts';
import type { Quotas } from './ports/quotas.ts';
import type { KeptRequests, SpentIds } from './ports/requests.ts';
import type { Settings } from './ports/settings.ts';
import type { Fingerprint, Pseudonyms } from './pseudonym.ts';

export type * from './ports/audit-trail.ts';
export type * from './ports/challenge-store.ts';
export type * from './ports/channel.ts';
export type * from './ports/code-vault.ts';
export type * from './ports/directory.ts';
export * from './ports/people.ts';
export type * from './ports/quotas.ts';
export type * from './ports/requests.ts';
export type * from './ports/settings.ts';
export type * from './ports/webhooks.ts';

/** Words for people who operate the service; never a code, a token or a full number. */
export interface Log {
  info(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}

export type Deps = {
  settings: Settings;
  directory: Directory;
  trail: AuditTrail;
  challenges: ChallengeStore;
  quotas: Quotas;
  requests: KeptRequests;
  spent: SpentIds;
  channels: ReadonlyMap<string, Channel>;
  codes: CodeVault;
  pseudonyms: Pseudonyms;
  fingerprint: Fingerprint;
  log: Log;
};
