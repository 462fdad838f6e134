import Type from 'typebox';
import { skipEnrolment } from '../../../domain/login/skip-enrolment.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { attemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { presentToApprover } from '../../schemas/present-handover.ts';
import { tokenCall } from './token-call.ts';

export function skipEnrolmentRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/challenge/skip',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'skipEnrolment',
      summary: 'Another time: pass over a step that may be skipped',
      description:
        'Where `enrolment.skippable` is true. A backup once skipped is not asked for again.',
      body: Type.Object({}, { additionalProperties: false }),
      response: {
        200: ChallengeRefSchema,
        ...problemResponses(
          'verification-required',
          'enrolment-required',
          'challenge-finished',
          'locked',
        ),
      },
    },
    handler: async (request) =>
      presentToApprover(
        presenter,
        await skipEnrolment(deps, challengeOf(request), attemptOf(request)),
      ),
  });
}
