import Type from 'typebox';
import { promoteFactor } from '../../../domain/users/change-factors.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { oneOf } from '../../schemas/fields.ts';
import { FactorSchema, presentFactor } from '../../schemas/user-schema.ts';
import { userCall } from '../users/user-call.ts';
import { FactorParams, factorsUrl } from './factor-address.ts';

export function promoteFactorRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'PATCH',
    url: `${factorsUrl}/:factorId`,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'promoteFactor',
      summary: 'Make a factor the primary; the old primary becomes secondary',
      description: 'Codes go to the primary unless the user asks for another.',
      params: FactorParams,
      headers: ActorHeaders,
      body: Type.Object(
        { role: oneOf(['primary'], { description: 'The only change that there is.' }) },
        { additionalProperties: false },
      ),
      response: {
        200: FactorSchema,
        ...problemResponses('actor-not-owner', 'step-up-required', 'not-found'),
      },
    },
    handler: async (request) => {
      const { factorId, ...key } = request.params;
      const { user, factor } = await promoteFactor(deps, key, factorId, factorCallerOf(request));
      return presentFactor(user, factor);
    },
  });
}
