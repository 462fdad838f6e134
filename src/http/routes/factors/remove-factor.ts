import Type from 'typebox';
import { removeFactor } from '../../../domain/users/change-factors.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { userCall } from '../users/user-call.ts';
import { FactorParams, factorsUrl } from './factor-address.ts';

export function removeFactorRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: `${factorsUrl}/:factorId`,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'removeFactor',
      summary: 'Remove a factor; of a primary, the oldest secondary takes the place',
      description:
        'The last one cannot be removed while the policy is mandatory. All known devices end with it.',
      params: FactorParams,
      headers: ActorHeaders,
      response: {
        204: Type.Null(),
        ...problemResponses('actor-not-owner', 'step-up-required', 'not-found', 'last-factor'),
      },
    },
    handler: async (request, reply) => {
      const { factorId, ...key } = request.params;
      await removeFactor(deps, key, factorId, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
