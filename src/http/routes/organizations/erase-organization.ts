import Type from 'typebox';
import { eraseOrganization } from '../../../domain/users/erase.ts';
import { CallerHeaders, callerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { OrganizationParams } from '../../schemas/fields.ts';
import { organizationCall, organizationUrl } from './organization-call.ts';

export function eraseOrganizationRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: organizationUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...organizationCall,
      operationId: 'eraseOrganization',
      summary: 'Erase an organization with all its users',
      description: 'Every personal datum goes; the audit trail keeps pseudonyms.',
      params: OrganizationParams,
      headers: CallerHeaders,
      response: { 204: Type.Null(), ...problemResponses('not-found') },
    },
    handler: async (request, reply) => {
      await eraseOrganization(deps, request.params.organizationId, callerOf(request));
      return reply.code(204).send(null);
    },
  });
}
