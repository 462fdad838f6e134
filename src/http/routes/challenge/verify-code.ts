import Type from 'typebox';
import { verifyCode } from '../../../domain/login/verify-code.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { attemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { presentChallenge } from '../../schemas/present-challenge.ts';
import { tokenCall } from './token-call.ts';

const VerifySchema = Type.Object(
  {
    code: Type.String({
      pattern: '^[0-9]{1,8}$',
      description: 'The digits, as many as `code.length` says.',
      examples: ['0123'],
    }),
  },
  { additionalProperties: false },
);

export function verifyCodeRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/challenge/verify',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'verifyCode',
      summary: 'Enter the code',
      body: VerifySchema,
      response: {
        200: ChallengeRefSchema,
        ...problemResponses(
          'verification-required',
          'code-not-sent',
          'challenge-finished',
          'factor-exists',
          'too-many-factors',
          'code-expired',
          'code-incorrect',
          'attempts-exhausted',
          'locked',
        ),
      },
    },
    handler: async (request) => {
      const { code } = request.body;
      const context = await verifyCode(deps, challengeOf(request), code, attemptOf(request));
      return presentChallenge(presenter, context);
    },
  });
}
