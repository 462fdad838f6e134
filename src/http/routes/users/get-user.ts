import { requireOwnerOrAdmin } from '../../../domain/users/factor-access.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { UserSchema } from '../../schemas/user-schema.ts';
import { readUser } from './read-user.ts';
import { userCall, userUrl } from './user-call.ts';

export function getUserRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'GET',
    url: userUrl,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'getUser',
      summary: 'What is set up for a user, also for one never seen',
      description: 'For the settings page of the user, and for an administrator.',
      params: UserParams,
      headers: ActorHeaders,
      response: { 200: UserSchema, ...problemResponses('actor-not-owner') },
    },
    handler: async (request) => {
      requireOwnerOrAdmin(factorCallerOf(request), request.params);
      return readUser(deps, request.params);
    },
  });
}
