import Type from 'typebox';
import { sendCode } from '../../../domain/login/send-code.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { attemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { OurId } from '../../schemas/fields.ts';
import { presentChallenge } from '../../schemas/present-challenge.ts';
import { tokenCall } from './token-call.ts';

const SendSchema = Type.Object({ factorId: Type.Optional(OurId) }, { additionalProperties: false });

export function sendCodeRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/challenge/code',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'sendCode',
      summary: 'Send a code: the first, a resend, or by another method',
      description:
        'To `factorId`, or else to the factor in play, or else to the primary. It takes the ' +
        'place of the code before.',
      body: SendSchema,
      response: {
        202: ChallengeRefSchema,
        ...problemResponses(
          'not-found',
          'no-factor',
          'challenge-finished',
          'no-device',
          'destination-not-allowed',
          'resend-too-early',
          'too-many-requests',
          'locked',
          'delivery-failed',
        ),
      },
    },
    handler: async (request, reply) => {
      const { factorId = null } = request.body;
      const context = await sendCode(deps, challengeOf(request), factorId, attemptOf(request));
      return reply.code(202).send(presentChallenge(presenter, context));
    },
  });
}
