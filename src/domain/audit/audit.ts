import type { Challenge } from '../challenge/challenge.ts';
import { modeOf, shownName } from '../mode.ts';
import type { UserKey } from '../people.ts';

export const auditTypes = [
  'challenge.started',
  'challenge.approved',
  'challenge.cancelled',
  'challenge.denied',
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
  'known-device.added',
  'known-device.removed',
  'known-device.stolen',
  'pass.created',
  'pass.removed',
  'pass.used',
  'recovery-codes.created',
  'recovery-code.used',
  'policy.changed',
  'user.policy-changed',
  'user.unlocked',
  'user.password-changed',
  'user.erased',
  'organization.erased',
  'client.created',
  'client.revoked',
  'client.site-allowed',
  'client.site-forbidden',
  'client.webhook-set',
  'client.webhook-removed',
] as const;

export type AuditType = (typeof auditTypes)[number];

/** Events that go to the webhooks, for the owner of the account. */
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
  'known-device.added',
  'known-device.removed',
  'known-device.stolen',
  'pass.created',
  'pass.used',
  'recovery-codes.created',
  'recovery-code.used',
  'challenge.denied',
];

/** Never contains a code, a token or a full number. */
export type AuditEvent = {
  type: AuditType;
  organizationId: string | null;
  userId: string | null;
  actor: string | null;
  client: string | null;
  app: string | null;
  appVersion: string | null;
  challengeId: string | null;
  details: Record<string, string | number | boolean | null>;
  address: string | null;
  /** Written only while the user is known: it is of a challenge that may outlive its user. */
  whileKnown?: boolean;
};

/** `id` grows with time. */
export type RecordedEvent = Omit<AuditEvent, 'whileKnown'> & { id: string; at: Date };

type Details = AuditEvent['details'];

/** For entries whose details only the store knows. */
export type EntryFor = (type: AuditType, details: Details) => AuditEvent;

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
    // Without a second factor a login ends in the call that starts it, also in an unknown organization.
    whileKnown: challenge.policy !== 'off' || challenge.purpose !== 'login',
  };
}

export function toUser(
  { organizationId, userId }: UserKey,
  type: AuditType,
  details: Details,
): AuditEvent {
  const nobody = { actor: null, client: null, address: null };
  const nowhere = { app: null, appVersion: null, challengeId: null };
  return { type, organizationId, userId, ...nobody, ...nowhere, details };
}

export type Caller = {
  /** Null on the command line. */
  client: string | null;
  admin: boolean;
  actor: string | null;
  address: string | null;
};

export function toClient(
  type: Extract<AuditType, `client.${string}`>,
  details: Details,
  actor: string | null,
): AuditEvent {
  const nobody = { organizationId: null, userId: null, client: null };
  const nowhere = { app: null, appVersion: null, challengeId: null, address: null };
  return { type, ...nobody, ...nowhere, actor, details };
}

export function clientCreated(
  client: { name: string; scopes: string[]; organizations?: string[] | null },
  actor: string | null,
): (id: string) => AuditEvent {
  const { name, scopes, organizations = null } = client;
  const limit = organizations && { organizations: organizations.map(shownName).join(',') };
  const test = modeOf(name) === 'test' && { test: true };
  const shown = { name: shownName(name), scopes: scopes.join(' '), ...limit, ...test };
  return (id) => toClient('client.created', { id, ...shown }, actor);
}

/** The path of its URL may hold what opens it, so the trail has the origin alone. */
export function webhookChanged(
  type: 'client.webhook-set' | 'client.webhook-removed',
  client: string,
  { actor, origin }: { actor: string | null; origin?: string },
): AuditEvent {
  const test = modeOf(client) === 'test' && { test: true };
  return toClient(type, { client: shownName(client), ...(origin && { origin }), ...test }, actor);
}

/** Entries of what a caller does to a user. */
export function entriesBy(caller: Caller, user: UserKey): EntryFor {
  return (type, details) => byCaller(caller, user, type, details);
}

/** Entries of what the user does in a challenge. */
export function entriesIn(challenge: Challenge): EntryFor {
  return (type, details) => inChallenge(challenge, type, details);
}

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
