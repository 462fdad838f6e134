import Type from 'typebox';
import { setUserPolicy } from '../../../domain/users/change-policies.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { oneOf, UserParams } from '../../schemas/fields.ts';
import { UserSchema } from '../../schemas/user-schema.ts';
import { readUser } from './read-user.ts';
import { userCall, userUrl } from './user-call.ts';

export function setUserPolicyRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'PATCH',
    url: userUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...userCall,
      operationId: 'setUserPolicy',
      summary: 'Give one user a stricter policy, or take it away',
      description: "The stricter of this and the organization's policy holds. Null takes it away.",
      params: UserParams,
      headers: ActorHeaders,
      body: Type.Object(
        {
          policy: Type.Union([oneOf(['mandatory', 'optional']), Type.Null()], {
            description: "The user's own policy, or null.",
            examples: ['mandatory'],
          }),
        },
        { additionalProperties: false },
      ),
      response: { 200: UserSchema, ...problemResponses('not-found') },
    },
    handler: async (request) => {
      const { params, body } = request;
      await setUserPolicy(deps, params, body.policy, factorCallerOf(request));
      return readUser(deps, params);
    },
  });
}
