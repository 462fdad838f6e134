import { randomUUID } from 'node:crypto';
import type { DeviceSeen } from '../../src/domain/challenge.ts';
import type { Confirmation, Directory, Organization, UserKey } from '../../src/domain/ports.ts';

/** Nobody's yet: ids of their own keep tests on one database apart. */
export function someone(): UserKey {
  return { organizationId: `org-${randomUUID()}`, userId: '42' };
}

export function anOrganization(id: string, given: Partial<Organization> = {}): Organization {
  return { policy: 'mandatory', language: 'nl-NL', country: 'NL', backup: 'offered', ...given, id };
}

/** Someone in an organization that is known. */
export async function member(directory: Directory): Promise<UserKey> {
  const user = someone();
  await directory.saveOrganization(anOrganization(user.organizationId));
  return user;
}

export function aFactor(address = '+31612345678', method = 'call'): Confirmation['factor'] {
  return { id: randomUUID(), method, address };
}

export function aDevice(given: Partial<DeviceSeen> = {}): DeviceSeen {
  return { id: 'd-1', platform: 'android', pushToken: `token-${randomUUID()}`, ...given };
}

/** A first factor, or a further one of someone who was verified. */
export function confirmation(given: Partial<Confirmation> = {}): Confirmation {
  return { alreadyVerified: false, factor: aFactor(), device: null, ...given };
}
