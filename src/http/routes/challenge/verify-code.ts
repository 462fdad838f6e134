import Type, { type Static } from 'typebox';
import { verifyCode } from '../../../domain/login/verify-code.ts';
import { type Recovery, verifyRecovery } from '../../../domain/login/verify-recovery.ts';
import { Problem } from '../../../domain/problems.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { attemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { presentToApprover } from '../../schemas/present-handover.ts';
import { tokenCall } from './token-call.ts';

const secret = (description: string) =>
  Type.Optional(
    Type.String({ minLength: 1, maxLength: 64, description, examples: ['7K2M-9QXD-04TR-HN6V'] }),
  );

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
    examples: [{ code: '0123' }, { recoveryCode: '7K2M-9QXD-04TR-HN6V' }],
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
      description:
        'A wrong guess costs an attempt; one that is not as many digits as asked for does not.',
      body: VerifySchema,
      response: {
        200: ChallengeRefSchema,
        ...problemResponses(
          'verification-required',
          'code-not-sent',
          'challenge-finished',
          'factor-exists',
          'too-many-factors',
          'no-device',
          'code-expired',
          'code-incorrect',
          'attempts-exhausted',
          'locked',
        ),
      },
    },
    handler: async (request) => {
      const [ref, attempt] = [challengeOf(request), attemptOf(request)];
      const { code, recovery } = readProof(request.body);
      const context = recovery
        ? await verifyRecovery(deps, ref, recovery, attempt)
        : await verifyCode(deps, ref, code, attempt);
      return presentToApprover(presenter, context);
    },
  });
}

type Entered = Static<typeof VerifySchema>;

/** @throws Problem `invalid-request` when there are several. */
function readProof(entered: Entered): { code: string; recovery: Recovery | null } {
  const [, second] = Object.keys(entered);
  if (second) {
    const errors = [{ pointer: `/${second}`, detail: 'is one too many: send one of them' }];
    throw new Problem('invalid-request', { errors });
  }
  const { code = '' } = entered;
  return { code, recovery: recoveryOf(entered) };
}

function recoveryOf({ recoveryCode, pass }: Entered): Recovery | null {
  if (pass !== undefined) return { kind: 'pass', text: pass };
  return recoveryCode === undefined ? null : { kind: 'recovery-code', text: recoveryCode };
}
