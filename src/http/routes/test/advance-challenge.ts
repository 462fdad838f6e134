import Type from 'typebox';
import { findChallenge } from '../../../domain/login/find-challenge.ts';
import { shownName } from '../../../domain/mode.ts';
import { advanceChallenge } from '../../../domain/test-mode/advance-challenge.ts';
import type { TestDeps } from '../../../domain/test-mode/test-deps.ts';
import { second } from '../../../domain/time.ts';
import { clientOf, requireOrganization } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { Route } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { presentChallenge } from '../../schemas/present-challenge.ts';
import { testCall, testChallengeUrl } from './test-call.ts';

export const advanceChallengeRoute =
  (test: TestDeps): Route =>
  (app, { credentials, presenter }) => {
    app.route({
      method: 'POST',
      url: `${testChallengeUrl}/advance`,
      onRequest: credentials.apiKey('challenges'),
      schema: {
        ...testCall,
        operationId: 'advanceTestChallenge',
        summary: 'Let time pass for a test challenge',
        description:
          'For the challenge, its codes, calls and result; not for locks, budgets or denials. ' +
          '`not-found` for a live key.',
        body: Type.Object(
          {
            seconds: Type.Integer({
              minimum: 1,
              maximum: 3600,
              description: 'How much time has passed.',
              examples: [30],
            }),
          },
          { additionalProperties: false },
        ),
        response: { 200: ChallengeRefSchema, ...problemResponses('not-found') },
      },
      handler: async (request) => {
        const context = await findChallenge(test, request.params.id, clientOf(request).name);
        requireOrganization(request, shownName(context.challenge.organizationId));
        const later = await advanceChallenge(test, context, request.body.seconds * second);
        return presentChallenge(presenter, later);
      },
    });
  };
