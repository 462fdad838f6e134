import { changeOrganization, previewChange } from '../../../domain/users/change-organization.ts';
import { previewPolicy } from '../../../domain/users/change-policies.ts';
import { CallerHeaders, callerOf } from '../../credentials/caller.ts';
import { acceptJson } from '../../json-bodies.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { OrganizationParams } from '../../schemas/fields.ts';
import {
  ChangedOrganizationSchema,
  OrganizationPatch,
  presentOrganization,
  readFields,
} from '../../schemas/organization-schema.ts';
import { DryRunQuery, organizationCall, organizationUrl } from './organization-call.ts';

const mergePatch = 'application/merge-patch+json';

export function patchOrganizationRoute(app: App, http: RouteContext): void {
  // No other route reads this type.
  app.register(async (scope) => {
    acceptJson(scope, mergePatch);
    addRoute(scope.withTypeProvider(), http);
  });
}

function addRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'PATCH',
    url: organizationUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...organizationCall,
      operationId: 'patchOrganization',
      summary: 'Change some fields of an organization',
      description:
        'A merge patch (RFC 7396): what is left out stays as it is, and null sets the default.',
      consumes: ['application/json', mergePatch],
      params: OrganizationParams,
      headers: CallerHeaders,
      querystring: DryRunQuery,
      body: OrganizationPatch,
      response: { 200: ChangedOrganizationSchema, ...problemResponses('not-found') },
    },
    handler: async (request) => {
      const { organizationId: id } = request.params;
      const changes = readFields(request.body);
      if (request.query.dryRun === 'true') {
        const organization = await previewChange(deps, id, changes);
        const impact = await previewPolicy(deps, organization);
        return { ...presentOrganization(organization), impact };
      }
      return presentOrganization(await changeOrganization(deps, id, changes, callerOf(request)));
    },
  });
}
