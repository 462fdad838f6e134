import Type from 'typebox';
import { knownDevicesInEdit } from '../../../domain/users/edit-factors.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { KnownDeviceSchema, presentKnownDevice } from '../../schemas/user-schema.ts';
import { editProblems } from './edit-call.ts';
import { tokenCall } from './token-call.ts';

export function listOwnKnownDevicesRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/v1/challenge/known-devices',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'listOwnKnownDevices',
      summary: 'In an edit: list the known devices',
      description: 'The browsers and apps that are remembered now.',
      response: {
        200: Type.Object({
          items: Type.Array(KnownDeviceSchema, { description: 'All of them: at most five.' }),
          nextCursor: Type.Null({ description: 'There is no next page.' }),
        }),
        ...problemResponses(...editProblems),
      },
    },
    handler: async (request) => {
      const devices = await knownDevicesInEdit(deps, challengeOf(request));
      return { items: devices.map(presentKnownDevice), nextCursor: null };
    },
  });
}
