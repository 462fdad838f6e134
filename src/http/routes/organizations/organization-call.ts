import Type from 'typebox';

export const organizationUrl = '/v1/organizations/:organizationId';

/** What all calls about an organization have in common. */
export const organizationCall = { tags: ['Organizations'], security: [{ apiKey: [] }] };

export const OrganizationSchema = Type.Object({
  id: Type.String(),
  policy: Type.String(),
  language: Type.String(),
  country: Type.String(),
  backup: Type.String(),
});
