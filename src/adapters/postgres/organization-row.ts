import type { OrganizationRules } from '../../domain/people.ts';

/** As `organization_json` answers. The time is in RFC 3339. */
export type OrganizationRow = Omit<OrganizationRules, 'mandatoryFrom'> & {
  mandatoryFrom: string | null;
};

export function toRules({ mandatoryFrom, ...rest }: OrganizationRow): OrganizationRules {
  return { ...rest, mandatoryFrom: mandatoryFrom === null ? null : new Date(mandatoryFrom) };
}
