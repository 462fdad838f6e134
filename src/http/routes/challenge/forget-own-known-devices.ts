import Type from 'typebox';
import { forgetInEdit } from '../../../domain/users/edit-factors.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { OurId } from '../../schemas/fields.ts';
import { editProblems } from './edit-call.ts';
import { tokenCall } from './token-call.ts';

const url = '/v1/challenge/known-devices';

export function forgetOwnKnownDevicesRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url,
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'forgetOwnKnownDevices',
      summary: 'In an edit: forget all known devices',
      description: 'Their other open challenges end. Each asks for a code again.',
      response: { 204: Type.Null(), ...problemResponses(...editProblems) },
    },
    handler: async (request, reply) => {
      await forgetInEdit(deps, challengeOf(request), null);
      return reply.code(204).send(null);
    },
  });
}

export function forgetOwnKnownDeviceRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: `${url}/:knownDeviceId`,
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'forgetOwnKnownDevice',
      summary: 'In an edit: forget one known device',
      description: 'Its other open challenges end. It asks for a code again.',
      params: Type.Object({ knownDeviceId: OurId }),
      response: { 204: Type.Null(), ...problemResponses(...editProblems, 'not-found') },
    },
    handler: async (request, reply) => {
      await forgetInEdit(deps, challengeOf(request), request.params.knownDeviceId);
      return reply.code(204).send(null);
    },
  });
}
