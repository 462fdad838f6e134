import Type from 'typebox';
import { verifyCode } from '../../../domain/login/verify-code.ts';
import { type Recovery, verifyRecovery } from '../../../domain/login/verify-recovery.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { attemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { presentChallenge } from '../../schemas/present-challenge.ts';
import { tokenCall } from './token-call.ts';

const secret = (description: string) =>
  Type.Optional(Type.String({ minLength: 1, maxLength: 64, description }));

const VerifySchema = Type.Object(
  {
    code: Type.Optional(
      Type.String({
        pattern: '^[0-9]{1,8}$',
        description: 'The digits, as many as `code.length` says.',
        examples: ['0123'],
      }),
    ),
    recoveryCode: secret(
      'One of the user’s recovery codes. Case, spaces and dashes do not matter.',
    ),
    pass: secret('The pass that an administrator made. Read as a recovery code is.'),
  },
  {
    additionalProperties: false,
    description: 'Exactly one of them, of those that `accepts` names.',
    minProperties: 1,
    maxProperties: 1,
  },
);

export function verifyCodeRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/challenge/verify',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'verifyCode',
      summary: 'Enter the code, a recovery code or a pass',
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
      const { code, recoveryCode, pass } = request.body;
      const [ref, attempt] = [challengeOf(request), attemptOf(request)];
      const recovery = recoveryOf(recoveryCode, pass);
      const context = recovery
        ? await verifyRecovery(deps, ref, recovery, attempt)
        : await verifyCode(deps, ref, code ?? '', attempt);
      return presentChallenge(presenter, context);
    },
  });
}

function recoveryOf(recoveryCode: string | undefined, pass: string | undefined): Recovery | null {
  if (pass !== undefined) return { kind: 'pass', text: pass };
  return recoveryCode === undefined ? null : { kind: 'recovery-code', text: recoveryCode };
}
