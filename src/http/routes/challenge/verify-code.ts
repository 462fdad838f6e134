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
    rememberDevice: Type.Optional(
      Type.Boolean({
        description: 'The user ticked that this browser or app is to be remembered.',
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'Exactly one of those that `accepts` names, and what the user ticked.',
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
      const { rememberDevice: remember = false, ...proof } = request.body;
      const { code, recovery } = readProof(proof);
      const context = recovery
        ? await verifyRecovery(deps, ref, { ...recovery, remember }, attempt)
        : await verifyCode(deps, ref, { digits: code, remember }, attempt);
      return presentToApprover(presenter, context);
    },
  });
}

type Entered = Omit<Static<typeof VerifySchema>, 'rememberDevice'>;
type Secret = Omit<Recovery, 'remember'>;

/** @throws Problem `invalid-request` unless there is exactly one. */
function readProof(entered: Entered): { code: string; recovery: Secret | null } {
  const [first, second] = Object.keys(entered);
  if (!first) {
    const errors = [{ pointer: '', detail: 'has nothing that `accepts` names' }];
    throw new Problem('invalid-request', { errors });
  }
  if (second) {
    const errors = [{ pointer: `/${second}`, detail: 'is one too many: send one of them' }];
    throw new Problem('invalid-request', { errors });
  }
  const { code = '' } = entered;
  return { code, recovery: recoveryOf(entered) };
}

function recoveryOf({ recoveryCode, pass }: Entered): Secret | null {
  if (pass !== undefined) return { kind: 'pass', text: pass };
  return recoveryCode === undefined ? null : { kind: 'recovery-code', text: recoveryCode };
}
