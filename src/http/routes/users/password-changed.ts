import Type from 'typebox';
import { passwordChanged } from '../../../domain/users/password-changed.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { userCall, userUrl } from './user-call.ts';

export function passwordChangedRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'POST',
    url: `${userUrl}/password-changed`,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'passwordChanged',
      summary: 'Tell that a user has a new password',
      description:
        'Clears the account of wrong guesses, and lifts a lock. The user sends it with ' +
        '`X-Challenge-Id`; an administrator sends it for someone else, without.',
      params: UserParams,
      headers: ActorHeaders,
      body: Type.Object({}, { additionalProperties: false }),
      response: { 204: Type.Null(), ...problemResponses('actor-not-owner', 'step-up-required') },
    },
    handler: async (request, reply) => {
      await passwordChanged(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
