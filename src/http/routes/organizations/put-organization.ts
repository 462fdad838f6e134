import { newOrganization, setOrganization } from '../../../domain/users/change-organization.ts';
import { previewPolicy } from '../../../domain/users/change-policies.ts';
import { CallerHeaders, callerOf } from '../../credentials/caller.ts';
import type { App, RouteContext } from '../../route.ts';
import { OrganizationParams } from '../../schemas/fields.ts';
import {
  ChangedOrganizationSchema,
  OrganizationInput,
  OrganizationSchema,
  presentOrganization,
  readFields,
} from '../../schemas/organization-schema.ts';
import { DryRunQuery, organizationCall, organizationUrl } from './organization-call.ts';

export function putOrganizationRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'PUT',
    url: organizationUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...organizationCall,
      operationId: 'putOrganization',
      summary: 'Set the policy and all the rest of an organization',
      description: 'What is left out gets its default. `PATCH` changes only what is given.',
      params: OrganizationParams,
      headers: CallerHeaders,
      querystring: DryRunQuery,
      body: OrganizationInput,
      response: { 200: ChangedOrganizationSchema, 201: OrganizationSchema },
    },
    handler: async (request, reply) => {
      const { organizationId } = request.params;
      const organization = newOrganization(organizationId, readFields(request.body));
      const body = presentOrganization(organization);
      if (request.query.dryRun === 'true')
        return reply.send({ ...body, impact: await previewPolicy(deps, organization) });
      const { created } = await setOrganization(deps, organization, callerOf(request));
      return reply.code(created ? 201 : 200).send(body);
    },
  });
}
