import Type from 'typebox';
import { cancelChallenge } from '../../../domain/login/cancel-challenge.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { tokenCall } from './token-call.ts';

export function cancelChallengeRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: '/v1/challenge',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'cancelChallenge',
      summary: 'Log out: end the challenge',
      description: 'What was set up in it and not confirmed is gone with it.',
      response: {
        204: Type.Null(),
        ...problemResponses('challenge-finished'),
      },
    },
    handler: async (request, reply) => {
      await cancelChallenge(deps, challengeOf(request));
      return reply.code(204).send(null);
    },
  });
}
