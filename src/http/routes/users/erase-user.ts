import Type from 'typebox';
import { eraseUser } from '../../../domain/users/erase.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { userCall, userUrl } from './user-call.ts';

export function eraseUserRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: userUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...userCall,
      operationId: 'eraseUser',
      summary: 'Erase a user',
      description: 'Every personal datum goes; the audit trail keeps a pseudonym.',
      params: UserParams,
      headers: ActorHeaders,
      response: { 204: Type.Null() },
    },
    handler: async (request, reply) => {
      await eraseUser(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
