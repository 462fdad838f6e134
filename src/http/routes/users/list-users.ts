import Type from 'typebox';
import { userStates } from '../../../domain/people.ts';
import { CallerHeaders } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { OrganizationParams, oneOf, printable } from '../../schemas/fields.ts';
import { limitOf, listOf, pageOf, pageQuery, readCursor } from '../../schemas/paging.ts';
import { ListedUserSchema, presentListedUser } from '../../schemas/user-schema.ts';
import { userCall, usersUrl } from './user-call.ts';

export function listUsersRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'GET',
    url: usersUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...userCall,
      operationId: 'listUsers',
      summary: 'The users seen so far: who would be stopped if 2FA became mandatory',
      description:
        '`enrolled`: has a factor. `no-backup`: has just one. `postponed`: put setting one up ' +
        'off. `locked`: may not try now. `unreachable`: has factors, but none that works now.',
      params: OrganizationParams,
      headers: CallerHeaders,
      querystring: Type.Object(
        {
          ...pageQuery,
          state: Type.Optional(oneOf(userStates, { description: 'Only users in this state.' })),
        },
        { additionalProperties: false },
      ),
      response: {
        200: listOf(ListedUserSchema),
        ...problemResponses('not-found'),
      },
    },
    handler: async ({ params: { organizationId }, query }) => {
      const limit = limitOf(query);
      const after = readCursor('users', query.cursor, printable);
      const { state = null } = query;
      const { methods } = deps.settings;
      const asked = { organizationId, state, after, limit: limit + 1, methods };
      const rows = await deps.users.list(asked);
      return pageOf('users', rows, {
        limit,
        position: ({ userId }) => userId,
        present: presentListedUser,
      });
    },
  });
}
