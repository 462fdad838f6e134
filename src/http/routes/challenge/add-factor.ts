import { addFactor } from '../../../domain/login/add-factor.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { attemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { FactorInputSchema } from '../../schemas/factor-input.ts';
import { presentChallenge } from '../../schemas/present-challenge.ts';
import { tokenCall } from './token-call.ts';

export function addFactorRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/challenge/factors',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'addFactor',
      summary: 'Set up a factor, during enrolment or in an edit',
      description:
        'It is sent a code at once, and is the user’s own when that code comes back. Until then ' +
        'another may be entered instead.',
      body: FactorInputSchema,
      response: {
        201: ChallengeRefSchema,
        ...problemResponses(
          'verification-required',
          'challenge-finished',
          'factor-exists',
          'too-many-factors',
          'no-device',
          'phone-number-invalid',
          'destination-not-allowed',
          'resend-too-early',
          'too-many-requests',
          'locked',
        ),
      },
    },
    handler: async (request, reply) => {
      const context = await addFactor(deps, challengeOf(request), request.body, attemptOf(request));
      return reply.code(201).send(presentChallenge(presenter, context));
    },
  });
}
