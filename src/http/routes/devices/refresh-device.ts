import Type from 'typebox';
import { refreshDevice } from '../../../domain/users/change-devices.ts';
import { ActorHeaders, factorCallerOf } from '../../caller.ts';
import type { App, Http } from '../../context.ts';
import { PlatformSchema, PushTokenSchema } from '../../fields.ts';
import { problemResponses } from '../../problem-schema.ts';
import { userCall } from '../users/user-call.ts';
import { DeviceParams, deviceUrl } from './device-address.ts';

export function refreshDeviceRoute(app: App, { deps, credentials }: Http): void {
  app.route({
    method: 'PUT',
    url: deviceUrl,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
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
        ...problemResponses('actor-not-owner', 'not-found'),
      },
    },
    handler: async (request) => {
      const { deviceId: id, ...key } = request.params;
      await refreshDevice(deps, key, { ...request.body, id }, factorCallerOf(request));
      return { id, platform: request.body.platform };
    },
  });
}
