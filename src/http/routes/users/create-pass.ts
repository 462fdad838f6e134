import Type from 'typebox';
import { minute } from '../../../domain/time.ts';
import { createPass } from '../../../domain/users/recovery.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { moment, said, UserParams } from '../../schemas/fields.ts';
import { userCall, userUrl } from './user-call.ts';

const PassInput = Type.Object(
  {
    validMinutes: Type.Optional(
      Type.Integer({
        minimum: 5,
        maximum: 1440,
        default: 60,
        description: 'How long it is good.',
        examples: [60],
      }),
    ),
  },
  { additionalProperties: false },
);

const PassSchema = Type.Object({
  pass: said('Good once. Shown once.', '7K2M-9QXD-04TR-HN6V'),
  expiresAt: moment('When it ends unused.', '2027-03-01T10:00:00.000Z'),
});

export function createPassRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'POST',
    url: `${userUrl}/passes`,
    onRequest: credentials.apiKey('recovery'),
    schema: {
      ...userCall,
      operationId: 'createPass',
      summary: 'Make a pass for someone who lost their phone',
      description:
        'It is good once in place of a code. A new one ends the one before. Never for oneself.',
      params: UserParams,
      headers: ActorHeaders,
      body: PassInput,
      response: { 201: PassSchema, ...problemResponses('actor-not-owner', 'not-found') },
    },
    handler: async (request, reply) => {
      const lifetimeMs = (request.body.validMinutes ?? 60) * minute;
      const caller = factorCallerOf(request);
      const { pass, expiresAt } = await createPass(deps, request.params, lifetimeMs, caller);
      return reply.code(201).send({ pass, expiresAt: expiresAt.toISOString() });
    },
  });
}
