import type { Organization } from '../../domain/people.ts';

/** As `organization_json` answers. The time is in RFC 3339. */
export type OrganizationRow = Omit<Organization, 'mandatoryFrom'> & {
  mandatoryFrom: string | null;
};

export function toOrganization({ mandatoryFrom, ...rest }: OrganizationRow): Organization {
  return { ...rest, mandatoryFrom: mandatoryFrom === null ? null : new Date(mandatoryFrom) };
}
