import Type from 'typebox';
import { createRecoveryCodes } from '../../../domain/users/recovery.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { UserParams } from '../../schemas/fields.ts';
import { RecoveryCodesSchema } from '../../schemas/user-schema.ts';
import { userCall, userUrl } from './user-call.ts';

export function createRecoveryCodesRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'POST',
    url: `${userUrl}/recovery-codes`,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'createRecoveryCodes',
      summary: 'Make 10 recovery codes in place of those before',
      description: 'For a user who may lose their phone: each opens one login in place of a code.',
      params: UserParams,
      headers: ActorHeaders,
      body: Type.Object({}, { additionalProperties: false }),
      response: {
        201: RecoveryCodesSchema,
        ...problemResponses('actor-not-owner', 'step-up-required', 'no-factor'),
      },
    },
    handler: async (request, reply) => {
      const codes = await createRecoveryCodes(deps, request.params, factorCallerOf(request));
      return reply.code(201).send({ codes });
    },
  });
}
