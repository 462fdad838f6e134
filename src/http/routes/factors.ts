import Type from 'typebox';
import { addUserFactor } from '../../domain/users/add-user-factor.ts';
import { promoteFactor, removeFactor, resetFactors } from '../../domain/users/change-factors.ts';
import { requireOwnerOrAdmin } from '../../domain/users/factor-access.ts';
import { ActorHeaders, factorCallerOf } from '../caller.ts';
import { ChallengeRefSchema, presentWithToken } from '../challenge-schema.ts';
import type { App, Http } from '../context.ts';
import { FactorInputSchema } from '../factor-input.ts';
import { OpaqueId, OurId, UserParams } from '../fields.ts';
import { listOf } from '../paging.ts';
import { problemResponses } from '../problem-schema.ts';
import { FactorSchema, presentFactor } from '../user-schema.ts';

const described = { tags: ['Users'], security: [{ apiKey: [] }] };
const refusals = ['invalid-request', 'unauthenticated', 'forbidden', 'actor-not-owner'] as const;
const url = '/v1/organizations/:organizationId/users/:userId/factors';
const FactorParams = Type.Object({ organizationId: OpaqueId, userId: OpaqueId, factorId: OurId });

/** "2FA instellingen wijzigen". */
export function factorsRoutes(app: App, { deps, credentials, presenter }: Http): void {
  const onRequest = credentials.apiKey('users');

  app.route({
    method: 'GET',
    url,
    onRequest,
    schema: {
      ...described,
      operationId: 'listFactors',
      summary: 'The factors of a user, full phone numbers included',
      params: UserParams,
      headers: ActorHeaders,
      response: { 200: listOf(FactorSchema), ...problemResponses(...refusals) },
    },
    handler: async (request) => {
      requireOwnerOrAdmin(factorCallerOf(request), request.params);
      const user = await deps.users.load(request.params);
      const items = user.factors.map((factor) => presentFactor(user, factor));
      return { items, nextCursor: null };
    },
  });

  app.route({
    method: 'POST',
    url,
    onRequest,
    schema: {
      ...described,
      operationId: 'addUserFactor',
      summary: 'Add a factor, and send it a code',
      description: 'The challenge that comes back is verified as any other.',
      params: UserParams,
      headers: ActorHeaders,
      body: FactorInputSchema,
      response: {
        201: ChallengeRefSchema,
        ...problemResponses(
          ...refusals,
          'step-up-required',
          'not-found',
          'factor-exists',
          'too-many-factors',
          'no-device',
          'phone-number-invalid',
          'destination-not-allowed',
          'too-many-requests',
          'locked',
        ),
      },
    },
    handler: async (request, reply) => {
      const { params, body } = request;
      const context = await addUserFactor(deps, params, body, factorCallerOf(request));
      return reply.code(201).send(presentWithToken(presenter, context));
    },
  });

  app.route({
    method: 'PATCH',
    url: `${url}/:factorId`,
    onRequest,
    schema: {
      ...described,
      operationId: 'promoteFactor',
      summary: 'Make a factor the primary; the old primary becomes secondary',
      params: FactorParams,
      headers: ActorHeaders,
      body: Type.Object({ role: Type.Enum(['primary']) }, { additionalProperties: false }),
      response: {
        200: FactorSchema,
        ...problemResponses(...refusals, 'step-up-required', 'not-found'),
      },
    },
    handler: async (request) => {
      const { factorId, ...key } = request.params;
      const { user, factor } = await promoteFactor(deps, key, factorId, factorCallerOf(request));
      return presentFactor(user, factor);
    },
  });

  app.route({
    method: 'DELETE',
    url: `${url}/:factorId`,
    onRequest,
    schema: {
      ...described,
      operationId: 'removeFactor',
      summary: 'Remove a factor; of a primary, the oldest secondary takes the place',
      params: FactorParams,
      headers: ActorHeaders,
      response: {
        204: Type.Null(),
        ...problemResponses(...refusals, 'step-up-required', 'not-found', 'last-factor'),
      },
    },
    handler: async (request, reply) => {
      const { factorId, ...key } = request.params;
      await removeFactor(deps, key, factorId, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: 'DELETE',
    url,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...described,
      operationId: 'resetFactors',
      summary: 'Remove all factors of someone who lost everything',
      params: UserParams,
      headers: ActorHeaders,
      response: { 204: Type.Null(), ...problemResponses(...refusals) },
    },
    handler: async (request, reply) => {
      await resetFactors(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
