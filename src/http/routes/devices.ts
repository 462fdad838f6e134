import Type from 'typebox';
import { forgetDevice, refreshDevice } from '../../domain/users/change-devices.ts';
import { ActorHeaders, factorCallerOf } from '../caller.ts';
import type { App, Http } from '../context.ts';
import { OpaqueId, PlatformSchema, PushTokenSchema } from '../fields.ts';
import { problemResponses } from '../problem-schema.ts';

const described = { tags: ['Users'], security: [{ apiKey: [] }] };
const refusals = ['invalid-request', 'unauthenticated', 'forbidden', 'actor-not-owner'] as const;
const url = '/v1/organizations/:organizationId/users/:userId/devices/:deviceId';
const DeviceParams = Type.Object({
  organizationId: OpaqueId,
  userId: OpaqueId,
  deviceId: OpaqueId,
});

export function devicesRoutes(app: App, { deps, credentials }: Http): void {
  const onRequest = credentials.apiKey('users');

  app.route({
    method: 'PUT',
    url,
    onRequest,
    schema: {
      ...described,
      operationId: 'refreshDevice',
      summary: 'Refresh the push token of a device already known',
      description: 'A device becomes known by a challenge, and in no other way.',
      params: DeviceParams,
      headers: ActorHeaders,
      body: Type.Object(
        { platform: PlatformSchema, pushToken: PushTokenSchema },
        { additionalProperties: false },
      ),
      response: {
        200: Type.Object({ id: Type.String(), platform: Type.String() }),
        ...problemResponses(...refusals, 'not-found'),
      },
    },
    handler: async (request) => {
      const { deviceId: id, ...key } = request.params;
      await refreshDevice(deps, key, { ...request.body, id }, factorCallerOf(request));
      return { id, platform: request.body.platform };
    },
  });

  app.route({
    method: 'DELETE',
    url,
    onRequest,
    schema: {
      ...described,
      operationId: 'forgetDevice',
      summary: 'Forget a device',
      params: DeviceParams,
      headers: ActorHeaders,
      response: { 204: Type.Null(), ...problemResponses(...refusals, 'not-found') },
    },
    handler: async (request, reply) => {
      const { deviceId, ...key } = request.params;
      await forgetDevice(deps, key, deviceId, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
