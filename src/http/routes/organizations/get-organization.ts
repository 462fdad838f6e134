import { Problem } from '../../../domain/problems.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { OrganizationParams } from '../../schemas/fields.ts';
import { OrganizationSchema, presentOrganization } from '../../schemas/organization-schema.ts';
import { organizationCall, organizationUrl } from './organization-call.ts';

export function getOrganizationRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'GET',
    url: organizationUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...organizationCall,
      operationId: 'getOrganization',
      summary: 'Read an organization',
      description: 'An organization that nobody has set is 404: its policy is `off`.',
      params: OrganizationParams,
      response: {
        200: OrganizationSchema,
        ...problemResponses('not-found'),
      },
    },
    handler: async (request) => {
      const organization = await deps.organizations.find(request.params.organizationId);
      if (!organization) throw new Problem('not-found');
      return presentOrganization(organization);
    },
  });
}
