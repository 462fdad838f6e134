import { type AuditEvent, byCaller, type Caller } from '../audit/audit.ts';
import type { KnownDeviceRules, Organization, Policy } from '../people.ts';
import { organizationDefaults } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

type OrNull<T> = { [Field in keyof T]?: T[Field] | null };

/** Null means the default. A policy has none. */
export type OrganizationChanges = { policy?: Policy } & OrNull<
  Omit<Organization, 'id' | 'policy' | 'knownDevices'>
> & { knownDevices?: OrNull<KnownDeviceRules> | null };

export function newOrganization(
  id: string,
  given: OrganizationChanges & { policy: Policy },
): Organization {
  return withChanges({ id, ...organizationDefaults, policy: given.policy }, given);
}

/** Running sessions do not change. */
export async function setOrganization(
  deps: Pick<Deps, 'organizations'>,
  organization: Organization,
  caller: Caller,
): Promise<{ created: boolean }> {
  return deps.organizations.save(organization, policyEntry(caller)(organization));
}

/** @throws Problem `not-found` when nobody has set the organization. */
export async function changeOrganization(
  deps: Pick<Deps, 'organizations'>,
  id: string,
  changes: OrganizationChanges,
  caller: Caller,
): Promise<Organization> {
  const change = (current: Organization) => withChanges(current, changes);
  const changed = await deps.organizations.change(id, change, policyEntry(caller));
  if (!changed) throw new Problem('not-found');
  return changed;
}

export async function previewChange(
  deps: Pick<Deps, 'organizations'>,
  id: string,
  changes: OrganizationChanges,
): Promise<Organization> {
  const current = await deps.organizations.find(id);
  if (!current) throw new Problem('not-found');
  return withChanges(current, changes);
}

/** A merge patch (RFC 7396), with defaults in the place of what it removes. */
function withChanges(
  organization: Organization,
  { knownDevices: rules, ...fields }: OrganizationChanges,
): Organization {
  const { knownDevices } = organizationDefaults;
  return {
    ...organization,
    ...orDefaults(fields, organizationDefaults),
    knownDevices:
      rules === null
        ? knownDevices
        : { ...organization.knownDevices, ...orDefaults(rules ?? {}, knownDevices) },
  };
}

function orDefaults(given: object, defaults: Record<string, unknown>): object {
  const fields = Object.entries(given).map(([name, value]) => [name, value ?? defaults[name]]);
  return Object.fromEntries(fields);
}

function policyEntry(caller: Caller): (organization: Organization) => AuditEvent {
  return ({ id: organizationId, knownDevices, mandatoryFrom, ...details }) =>
    byCaller(caller, { organizationId, userId: null }, 'policy.changed', {
      ...details,
      mandatoryFrom: mandatoryFrom?.toISOString() ?? null,
      knownDeviceDays: knownDevices.days,
      knownDeviceSkipCode: knownDevices.skipCode,
    });
}
