import Type from 'typebox';
import { createCodesInEdit } from '../../../domain/users/edit-factors.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { RecoveryCodesSchema } from '../../schemas/user-schema.ts';
import { editProblems } from './edit-call.ts';
import { tokenCall } from './token-call.ts';

export function createOwnRecoveryCodesRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/challenge/recovery-codes',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'createOwnRecoveryCodes',
      summary: 'In an edit: make 10 recovery codes in place of those before',
      description: 'Each is good once in place of a code.',
      body: Type.Object({}, { additionalProperties: false }),
      response: { 201: RecoveryCodesSchema, ...problemResponses(...editProblems, 'no-factor') },
    },
    handler: async (request, reply) => {
      const codes = await createCodesInEdit(deps, challengeOf(request));
      return reply.code(201).send({ codes });
    },
  });
}
