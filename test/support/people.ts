import { randomUUID } from 'node:crypto';
import type { Directory } from '../../src/adapters/postgres/directory.ts';
import type { AuditEvent, EntryFor } from '../../src/domain/audit/audit.ts';
import type {
  Confirmation,
  Device,
  Factor,
  Organization,
  UserKey,
} from '../../src/domain/people.ts';
import { organizationDefaults } from '../../src/domain/policy.ts';
import type { DeviceChange } from '../../src/domain/ports.ts';
import { anApproval } from './challenges.ts';

/** Nobody's yet: ids of their own keep tests on one database apart. */
export function someone(): UserKey {
  return { organizationId: `org-${randomUUID()}`, userId: '42' };
}

export function anOrganization(id: string, given: Partial<Organization> = {}): Organization {
  return { ...organizationDefaults, policy: 'mandatory', ...given, id };
}

/** Someone in an organization that is known. */
export async function member(directory: Directory): Promise<UserKey> {
  const user = someone();
  await directory.organizations.save(anOrganization(user.organizationId), anEntry);
  return user;
}

/** The same, with a row and so an account of their own. */
export async function knownMember(directory: Directory): Promise<UserKey> {
  const user = await member(directory);
  await directory.users.ensure(user);
  return user;
}

/** Has a device receive codes, as the approval of a challenge from it does. */
export async function activate(
  { outcomes }: Pick<Directory, 'outcomes'>,
  user: UserKey,
  device: Device,
  entryFor: EntryFor,
): Promise<DeviceChange> {
  const approval = { codeId: null, device: { device, entryFor }, entries: [] };
  const ended = await outcomes.approve(anApproval(user, approval));
  if (ended.outcome !== 'approved') throw new Error(ended.outcome);
  return ended.deviceChange;
}

export function aFactor(address = '+31612345678', method = 'call'): Confirmation['factor'] {
  return { id: randomUUID(), method, address };
}

export function aDevice(given: Partial<Device> = {}): Device {
  return { id: 'd-1', platform: 'android', pushToken: `token-${randomUUID()}`, ...given };
}

/** A first factor, or a further one of someone who was verified. */
export function confirmation(given: Partial<Confirmation> = {}): Confirmation {
  return { alreadyVerified: false, factor: aFactor(), device: null, ...given };
}

/** Gives someone so many factors, each at a number of its own; answers them, oldest first. */
export async function enrol(
  directory: Directory,
  user: UserKey,
  howMany: number,
): Promise<Factor[]> {
  await directory.users.ensure(user);
  for (let number = 0; number < howMany; number += 1) {
    const factor = aFactor(`+3161234567${number}`);
    await directory.factors.confirm(user, confirmation({ factor, alreadyVerified: true }), anEntry);
  }
  return (await directory.users.load(user)).factors;
}

/** Something that happened to someone; only what a test is about needs naming. */
export function anEvent(user: UserKey, given: Partial<AuditEvent> = {}): AuditEvent {
  return {
    type: 'challenge.started',
    organizationId: user.organizationId,
    userId: user.userId,
    actor: user.userId,
    client: 'company-panel',
    app: 'qaller',
    appVersion: '3.2.0',
    challengeId: randomUUID(),
    details: {},
    address: '192.0.2.1',
    ...given,
  };
}

/** The entry of a change, where a test is not about the trail. */
export const anEntry = anEvent(someone());

/** The same, where the store makes it. */
export const anEntryFor = () => anEntry;

/** Entries about someone, as a change of theirs makes them. */
export function entriesFor(user: UserKey): EntryFor {
  return (type, details) => anEvent(user, { type, details });
}

/** Forgets a device without conditions. */
export const anyForgetting = { last: true, keepLast: false, factorEntryFor: anEntryFor };
