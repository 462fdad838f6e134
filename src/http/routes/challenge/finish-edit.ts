import Type from 'typebox';
import { finishEdit } from '../../../domain/users/edit-factors.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { attemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { presentToApprover } from '../../schemas/present-handover.ts';
import { editProblems } from './edit-call.ts';
import { tokenCall } from './token-call.ts';

export function finishEditRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/challenge/done',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'finishEdit',
      summary: 'In an edit: end it',
      description: 'What was not confirmed in it is gone with it. There is no result.',
      body: Type.Object({}, { additionalProperties: false }),
      response: { 200: ChallengeRefSchema, ...problemResponses(...editProblems) },
    },
    handler: async (request) =>
      presentToApprover(
        presenter,
        await finishEdit(deps, challengeOf(request), attemptOf(request)),
      ),
  });
}
