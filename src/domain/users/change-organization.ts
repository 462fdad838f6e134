import { createHash } from 'node:crypto';
import { type AuditEvent, byCaller, type Caller } from '../audit/audit.ts';
import type { KnownDeviceRules, Organization, Policy, Theme } from '../people.ts';
import { organizationDefaults } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { checkTheme } from './check-theme.ts';

type OrNull<T> = { [Field in keyof T]?: T[Field] | null };

/** Null means the default. A policy has none. */
export type OrganizationChanges = { policy?: Policy } & OrNull<
  Omit<Organization, 'id' | 'policy' | 'knownDevices' | 'theme'>
> & { knownDevices?: OrNull<KnownDeviceRules> | null; theme?: Partial<Theme> | null };

/** @throws Problem `invalid-request` for a theme that not everybody can read. */
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

/** @throws Problem `not-found` when nobody has set the organization, or as `newOrganization`. */
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
  { knownDevices, theme, ...fields }: OrganizationChanges,
): Organization {
  checkTheme(theme ?? {});
  const defaults = organizationDefaults;
  return {
    ...organization,
    ...orDefaults(fields, defaults),
    knownDevices: merged(organization.knownDevices, knownDevices, defaults.knownDevices),
    theme: merged(organization.theme, theme, defaults.theme),
  };
}

function merged<T extends object>(current: T, given: OrNull<T> | null = {}, defaults: T): T {
  return given === null ? defaults : { ...current, ...orDefaults(given, defaults) };
}

function orDefaults(given: object, defaults: object): object {
  const known = new Map<string, unknown>(Object.entries(defaults));
  const fields = Object.entries(given).map(([name, value]) => [name, value ?? known.get(name)]);
  return Object.fromEntries(fields);
}

function policyEntry(caller: Caller): (organization: Organization) => AuditEvent {
  return ({ id: organizationId, knownDevices, mandatoryFrom, theme, ...details }) =>
    byCaller(caller, { organizationId, userId: null }, 'policy.changed', {
      ...details,
      mandatoryFrom: mandatoryFrom?.toISOString() ?? null,
      knownDeviceDays: knownDevices.days,
      knownDeviceSkipCode: knownDevices.skipCode,
      ...theme,
      logo: theme.logo && createHash('sha256').update(theme.logo).digest('hex'),
    });
}
