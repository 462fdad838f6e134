import { addUserFactor } from '../../../domain/users/add-user-factor.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import { note } from '../../request-log.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { FactorInputSchema } from '../../schemas/factor-input.ts';
import { UserParams } from '../../schemas/fields.ts';
import { presentWithToken } from '../../schemas/present-handover.ts';
import { userCall } from '../users/user-call.ts';
import { factorsUrl } from './factor-address.ts';

export function addUserFactorRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'POST',
    url: factorsUrl,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'addUserFactor',
      summary: 'Add a factor, and send it a code',
      description: 'The challenge that comes back is verified as any other.',
      params: UserParams,
      headers: ActorHeaders,
      body: FactorInputSchema,
      response: {
        201: ChallengeRefSchema,
        ...problemResponses(
          'actor-not-owner',
          'step-up-required',
          'not-found',
          'factor-exists',
          'too-many-factors',
          'no-device',
          'phone-number-invalid',
          'destination-not-allowed',
          'too-many-requests',
          'locked',
        ),
      },
    },
    handler: async (request, reply) => {
      const { params, body } = request;
      const context = await addUserFactor(deps, params, body, factorCallerOf(request));
      note(request, { challengeId: context.challenge.id });
      return reply.code(201).send(presentWithToken(presenter, context));
    },
  });
}
