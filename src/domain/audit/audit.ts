import type { Challenge } from '../challenge/challenge.ts';
import type { UserKey } from '../people.ts';

/** Everything that is worth being asked about later. */
export const auditTypes = [
  'challenge.started',
  'challenge.approved',
  'challenge.cancelled',
  'code.sent',
  'code.failed',
  'code.wrong',
  'sending.refused',
  'guesses.alarming',
  'user.careful',
  'user.locked',
  'enrolment.skipped',
  'factor.added',
  'factor.removed',
  'factor.promoted',
  'factors.reset',
  'device.added',
  'device.refreshed',
  'device.unreachable',
  'device.removed',
  'policy.changed',
  'user.policy-changed',
  'user.unlocked',
  'user.erased',
  'organization.erased',
  'client.created',
  'client.revoked',
] as const;

export type AuditType = (typeof auditTypes)[number];

/** What the owner of an account should hear of: it goes to the webhooks too. */
export const alertTypes: readonly AuditType[] = [
  'guesses.alarming',
  'user.careful',
  'user.locked',
  'factor.added',
  'factor.removed',
  'factor.promoted',
  'factors.reset',
  'device.added',
  'device.refreshed',
];

/** What happened, to whom and by whom; never a code, a token or a full number. */
export type AuditEvent = {
  type: AuditType;
  organizationId: string | null;
  /** Whom it is about. */
  userId: string | null;
  /** Who was really at the keyboard. */
  actor: string | null;
  client: string | null;
  app: string | null;
  appVersion: string | null;
  challengeId: string | null;
  /** Method, hint, reason, …: one level, small. */
  details: Record<string, string | number | boolean | null>;
  /** The network address of the person, where the caller gave it. */
  address: string | null;
};

/** As it stands in the trail; `id` grows with time. */
export type RecordedEvent = AuditEvent & { id: string; at: Date };

type Details = AuditEvent['details'];

/** Makes an entry about one user, where the store finds out what there is to tell. */
export type EntryFor = (type: AuditType, details: Details) => AuditEvent;

/** Something that happened in a challenge: the user is taken to be at the keyboard. */
export function inChallenge(challenge: Challenge, type: AuditType, details: Details): AuditEvent {
  return {
    type,
    organizationId: challenge.organizationId,
    userId: challenge.userId,
    actor: challenge.userId,
    client: challenge.client,
    app: challenge.app,
    appVersion: challenge.appVersion,
    challengeId: challenge.id,
    details,
    address: challenge.address,
  };
}

/** Something that happened to a user although nobody of theirs asked for it. */
export function toUser(
  { organizationId, userId }: UserKey,
  type: AuditType,
  details: Details,
): AuditEvent {
  const nobody = { actor: null, client: null, address: null };
  const nowhere = { app: null, appVersion: null, challengeId: null };
  return { type, organizationId, userId, ...nobody, ...nowhere, details };
}

/** Who asks for a change outside a challenge. */
export type Caller = {
  client: string;
  /** Whether the client may act for others. */
  admin: boolean;
  /** The person really at the keyboard; null where none has to be named. */
  actor: string | null;
  address: string | null;
};

/** Something that an operator did to an API key, which belongs to no organization. */
export function toClient(
  type: 'client.created' | 'client.revoked',
  details: Details,
  actor: string | null,
): AuditEvent {
  const nobody = { organizationId: null, userId: null, client: null };
  const nowhere = { app: null, appVersion: null, challengeId: null, address: null };
  return { type, ...nobody, ...nowhere, actor, details };
}

/** Makes the entry of a new API key from its id; `actor` is null when the service made it. */
export function clientCreated(
  client: { name: string; scopes: string[]; organizations?: string[] | null },
  actor: string | null,
): (id: string) => AuditEvent {
  const { name, scopes, organizations = null } = client;
  const limit = organizations && { organizations: organizations.join(',') };
  return (id) =>
    toClient('client.created', { id, name, scopes: scopes.join(' '), ...limit }, actor);
}

/** Something that a caller did to an organization or to one of its users. */
export function byCaller(
  caller: Caller,
  about: { organizationId: string; userId: string | null },
  type: AuditType,
  details: Details = {},
): AuditEvent {
  const { client, actor, address } = caller;
  const nowhere = { app: null, appVersion: null, challengeId: null };
  const { organizationId, userId } = about;
  return { type, organizationId, userId, actor, client, ...nowhere, details, address };
}
