import Type from 'typebox';
import { removePass } from '../../../domain/users/recovery.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { userCall, userUrl } from './user-call.ts';

export function removePassRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: `${userUrl}/passes`,
    onRequest: credentials.apiKey('recovery'),
    schema: {
      ...userCall,
      operationId: 'removePass',
      summary: 'End a pass that was not used',
      description: 'For a pass that went to the wrong person, or is needed no more.',
      params: UserParams,
      headers: ActorHeaders,
      response: { 204: Type.Null(), ...problemResponses('actor-not-owner') },
    },
    handler: async (request, reply) => {
      await removePass(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
