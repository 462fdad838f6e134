import Type from 'typebox';
import { forgetKnownDevices } from '../../../domain/users/known-devices.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { OurId, UserParams } from '../../schemas/fields.ts';
import { userCall, userUrl } from './user-call.ts';

const url = `${userUrl}/known-devices` as const;

export function forgetKnownDevicesRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'forgetKnownDevices',
      summary: 'Forget all known devices of a user',
      description: 'Their open challenges end. Each asks for a code again.',
      params: UserParams,
      headers: ActorHeaders,
      response: { 204: Type.Null(), ...problemResponses('actor-not-owner') },
    },
    handler: async (request, reply) => {
      await forgetKnownDevices(deps, request.params, null, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}

export function forgetKnownDeviceRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: `${url}/:knownDeviceId`,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'forgetKnownDevice',
      summary: 'Forget one known device of a user',
      description: 'Its open challenges end. It asks for a code again.',
      params: Type.Object({ ...UserParams.properties, knownDeviceId: OurId }),
      headers: ActorHeaders,
      response: { 204: Type.Null(), ...problemResponses('actor-not-owner', 'not-found') },
    },
    handler: async (request, reply) => {
      const { knownDeviceId, ...user } = request.params;
      await forgetKnownDevices(deps, user, knownDeviceId, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
