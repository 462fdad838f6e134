import { requireOwnerOrAdmin } from '../../../domain/users/factor-access.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { listOf } from '../../schemas/paging.ts';
import { FactorSchema, presentFactor } from '../../schemas/user-schema.ts';
import { userCall } from '../users/user-call.ts';
import { factorsUrl } from './factor-address.ts';

export function listFactorsRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'GET',
    url: factorsUrl,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'listFactors',
      summary: 'The factors of a user, full phone numbers included',
      description: 'For the settings page of the user, and for an administrator.',
      params: UserParams,
      headers: ActorHeaders,
      response: { 200: listOf(FactorSchema), ...problemResponses('actor-not-owner') },
    },
    handler: async (request) => {
      requireOwnerOrAdmin(factorCallerOf(request), request.params);
      const user = await deps.users.load(request.params);
      const items = user.factors.map((factor) => presentFactor(user, factor));
      return { items, nextCursor: null };
    },
  });
}
