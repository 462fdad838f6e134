import Type from 'typebox';
import { userStates } from '../../domain/people.ts';
import { effectivePolicy } from '../../domain/policy.ts';
import { setUserPolicy } from '../../domain/users/change-policies.ts';
import { eraseUser } from '../../domain/users/erase.ts';
import { requireOwnerOrAdmin } from '../../domain/users/factor-access.ts';
import { unlockUser } from '../../domain/users/unlock-user.ts';
import { ActorHeaders, CallerHeaders, factorCallerOf } from '../caller.ts';
import type { App, Http } from '../context.ts';
import { OrganizationParams, printable, UserParams } from '../fields.ts';
import { limitOf, listOf, pageOf, pageQuery, readCursor } from '../paging.ts';
import { problemResponses } from '../problem-schema.ts';
import { ListedUserSchema, presentListedUser, presentUser, UserSchema } from '../user-schema.ts';

const described = { tags: ['Users'], security: [{ apiKey: [] }] };
const refusals = ['invalid-request', 'unauthenticated', 'forbidden'] as const;
const url = '/v1/organizations/:organizationId/users';

export function usersRoutes(app: App, { deps, credentials }: Http): void {
  app.route({
    method: 'GET',
    url,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...described,
      operationId: 'listUsers',
      summary: 'The users seen so far: who would be stopped if 2FA became mandatory',
      description:
        '`enrolled`: has a factor. `no-backup`: has just one. `postponed`: put setting one up ' +
        'off. `locked`: may not try now.',
      params: OrganizationParams,
      headers: CallerHeaders,
      querystring: Type.Object(
        { ...pageQuery, state: Type.Optional(Type.Enum([...userStates])) },
        { additionalProperties: false },
      ),
      response: { 200: listOf(ListedUserSchema), ...problemResponses(...refusals, 'not-found') },
    },
    handler: async ({ params: { organizationId }, query }) => {
      const limit = limitOf(query);
      const after = readCursor('users', query.cursor, printable);
      const { state = null } = query;
      const asked = { organizationId, state, after, limit: limit + 1 };
      const rows = await deps.users.list(asked);
      return pageOf('users', rows, {
        limit,
        position: ({ userId }) => userId,
        present: presentListedUser,
      });
    },
  });

  app.route({
    method: 'GET',
    url: `${url}/:userId`,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...described,
      operationId: 'getUser',
      summary: 'What is set up for a user, also for one never seen',
      params: UserParams,
      headers: ActorHeaders,
      response: { 200: UserSchema, ...problemResponses(...refusals, 'actor-not-owner') },
    },
    handler: async (request) => {
      requireOwnerOrAdmin(factorCallerOf(request), request.params);
      const user = await deps.users.load(request.params);
      return presentUser(user, effectivePolicy(user));
    },
  });

  app.route({
    method: 'PATCH',
    url: `${url}/:userId`,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...described,
      operationId: 'setUserPolicy',
      summary: 'Give one user a stricter policy, or take it away',
      params: UserParams,
      headers: ActorHeaders,
      body: Type.Object(
        { policy: Type.Union([Type.Enum(['mandatory', 'optional']), Type.Null()]) },
        { additionalProperties: false },
      ),
      response: { 200: UserSchema, ...problemResponses(...refusals, 'not-found') },
    },
    handler: async (request) => {
      const { params, body } = request;
      await setUserPolicy(deps, params, body.policy, factorCallerOf(request));
      const user = await deps.users.load(params);
      return presentUser(user, effectivePolicy(user));
    },
  });

  app.route({
    method: 'DELETE',
    url: `${url}/:userId`,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...described,
      operationId: 'eraseUser',
      summary: 'Erase a user',
      description: 'Every personal datum goes; the audit trail keeps a pseudonym.',
      params: UserParams,
      headers: ActorHeaders,
      response: { 204: Type.Null(), ...problemResponses(...refusals) },
    },
    handler: async (request, reply) => {
      await eraseUser(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });

  app.route({
    method: 'POST',
    url: `${url}/:userId/unlock`,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...described,
      operationId: 'unlockUser',
      summary: 'Lift a lock',
      params: UserParams,
      headers: ActorHeaders,
      body: Type.Object({}, { additionalProperties: false }),
      response: { 204: Type.Null(), ...problemResponses(...refusals) },
    },
    handler: async (request, reply) => {
      await unlockUser(deps, request.params, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
