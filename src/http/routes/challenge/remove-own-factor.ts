import Type from 'typebox';
import { removeInEdit } from '../../../domain/users/edit-factors.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { editProblems, OwnFactorParams } from './edit-call.ts';
import { tokenCall } from './token-call.ts';

export function removeOwnFactorRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: '/v1/challenge/factors/:factorId',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'removeOwnFactor',
      summary: 'In an edit: remove a factor, also one that is not confirmed yet',
      description:
        'Of a primary, the oldest secondary takes the place. The last one stays under a mandatory policy.',
      params: OwnFactorParams,
      response: {
        204: Type.Null(),
        ...problemResponses(...editProblems, 'not-found', 'last-factor'),
      },
    },
    handler: async (request, reply) => {
      await removeInEdit(deps, challengeOf(request), request.params.factorId);
      return reply.code(204).send(null);
    },
  });
}
