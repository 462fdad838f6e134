import Type from 'typebox';
import { findChallenge } from '../../../domain/login/find-challenge.ts';
import { shownName } from '../../../domain/mode.ts';
import { readCode } from '../../../domain/test-mode/read-code.ts';
import type { TestDeps } from '../../../domain/test-mode/test-deps.ts';
import { clientOf, requireOrganization } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { Route } from '../../route.ts';
import { nullable, OurId } from '../../schemas/fields.ts';
import { testCall, testChallengeUrl } from './test-call.ts';

export const readCodeRoute =
  (test: TestDeps): Route =>
  (app, { credentials }) => {
    app.route({
      method: 'GET',
      url: `${testChallengeUrl}/code`,
      onRequest: credentials.apiKey('challenges'),
      schema: {
        ...testCall,
        operationId: 'readTestCode',
        summary: 'Read the code of a test challenge',
        description: '`not-found` when no code is valid now, and for a live key.',
        response: {
          200: Type.Object({
            code: Type.String({ description: 'What the user would enter.', examples: ['0123'] }),
            factorId: { ...OurId, description: 'Where it was sent.' },
            expiresAt: Type.String({
              format: 'date-time',
              description: 'Until then it can be entered.',
              examples: ['2026-12-01T12:00:30.000Z'],
            }),
            denyToken: nullable(
              Type.String({
                description: 'What the push has for its button "it was not me". Null for a call.',
                examples: ['k1.2.bW9zdC1vZi1pdC1pcy1sZWZ0LW91dA'],
              }),
            ),
          }),
          ...problemResponses('not-found'),
        },
      },
      handler: async (request) => {
        const context = await findChallenge(test, request.params.id, clientOf(request).name);
        requireOrganization(request, shownName(context.challenge.organizationId));
        const { digits, expiresAt, ...code } = readCode(test, context);
        return { code: digits, ...code, expiresAt: new Date(expiresAt).toISOString() };
      },
    });
  };
