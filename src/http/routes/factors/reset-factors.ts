import Type from 'typebox';
import { resetFactors } from '../../../domain/users/change-factors.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { userCall } from '../users/user-call.ts';
import { factorsUrl } from './factor-address.ts';

export function resetFactorsRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: factorsUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...userCall,
      operationId: 'resetFactors',
      summary: 'Remove all factors of someone who lost everything',
      description: 'The user sets up new ones at the next login. An administrator does this.',
      params: UserParams,
      headers: ActorHeaders,
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await resetFactors(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
