import Type from 'typebox';
import { denyCode } from '../../../domain/login/deny-code.ts';
import { modeOf } from '../../../domain/mode.ts';
import type { CodeRef } from '../../../domain/ports.ts';
import { Problem } from '../../../domain/problems.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { DepsOfModes, Route } from '../../route.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of a deny token, on the route that takes one. */
    deniedCode: CodeRef | null;
  }
}

/** Its token is its only credential, so the mode is in that. */
export const denyCodeRoute =
  (modes: DepsOfModes): Route =>
  (app, { deps: { denyTokens } }) => {
    app.decorateRequest('deniedCode', null);
    app.route({
      method: 'POST',
      url: '/v1/challenge/deny',
      schema: {
        operationId: 'denyCode',
        summary: '"It was not me": end what a code was sent for',
        description:
          'For a button in the push message. The token is the only credential. May be repeated.',
        tags: ['Challenge'],
        body: Type.Object(
          {
            token: Type.String({
              minLength: 1,
              maxLength: 4096,
              description: 'The `denyToken` of the push message.',
              examples: ['k1.2.bW9zdC1vZi1pdC1pcy1sZWZ0LW91dA'],
            }),
          },
          { additionalProperties: false },
        ),
        response: {
          204: Type.Null(),
          ...problemResponses('unauthenticated', 'challenge-expired', 'unavailable'),
        },
      },
      // Before the idempotency key is claimed: a forged token costs nothing.
      preHandler: async (request) => {
        request.deniedCode = denyTokens.read((request.body as { token: string }).token);
        if (!request.deniedCode) throw new Problem('unauthenticated');
      },
      handler: async ({ deniedCode }, reply) => {
        if (!deniedCode) throw new Problem('unauthenticated');
        await denyCode(modes[modeOf(deniedCode.challenge.organizationId)], deniedCode, 'push');
        return reply.code(204).send(null);
      },
    });
  };
