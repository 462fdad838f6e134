import Type from 'typebox';

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
