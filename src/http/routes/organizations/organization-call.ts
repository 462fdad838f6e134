import Type, { type Static } from 'typebox';
import type { Organization } from '../../../domain/people.ts';

export const organizationUrl = '/v1/organizations/:organizationId';

/** Common to all calls about an organization. */
export const organizationCall = { tags: ['Organizations'], security: [{ apiKey: [] }] };

export const OrganizationSchema = Type.Object({
  id: Type.String(),
  policy: Type.String(),
  language: Type.String(),
  country: Type.String(),
  backup: Type.String(),
});

export function presentOrganization(organization: Organization): Static<typeof OrganizationSchema> {
  const { id, policy, language, country, backup } = organization;
  return { id, policy, language, country, backup };
}
