import Type from 'typebox';
import { unlockUser } from '../../../domain/users/unlock-user.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { userCall, userUrl } from './user-call.ts';

export function unlockUserRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'POST',
    url: `${userUrl}/unlock`,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...userCall,
      operationId: 'unlockUser',
      summary: 'Lift a lock',
      description: 'Clears the account of wrong guesses and the codes that were counted.',
      params: UserParams,
      headers: ActorHeaders,
      body: Type.Object({}, { additionalProperties: false }),
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await unlockUser(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
