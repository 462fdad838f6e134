import Type from 'typebox';
import { promoteInEdit } from '../../../domain/users/edit-factors.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { oneOf } from '../../schemas/fields.ts';
import { presentChallenge } from '../../schemas/present-challenge.ts';
import { editProblems, OwnFactorParams } from './edit-call.ts';
import { tokenCall } from './token-call.ts';

export function promoteOwnFactorRoute(
  app: App,
  { deps, credentials, presenter }: RouteContext,
): void {
  app.route({
    method: 'PATCH',
    url: '/v1/challenge/factors/:factorId',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'promoteOwnFactor',
      summary: 'In an edit: make a factor the primary',
      description: 'The old primary becomes secondary.',
      params: OwnFactorParams,
      body: Type.Object(
        { role: oneOf(['primary'], { description: 'The only change that there is.' }) },
        { additionalProperties: false },
      ),
      response: { 200: ChallengeRefSchema, ...problemResponses(...editProblems, 'not-found') },
    },
    handler: async (request) => {
      const { factorId } = request.params;
      return presentChallenge(presenter, await promoteInEdit(deps, challengeOf(request), factorId));
    },
  });
}
