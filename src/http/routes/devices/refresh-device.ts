import Type from 'typebox';
import { refreshDevice } from '../../../domain/users/change-devices.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { PlatformSchema, PushTokenSchema } from '../../schemas/fields.ts';
import { DeviceSchema } from '../../schemas/user-schema.ts';
import { userCall } from '../users/user-call.ts';
import { DeviceParams, deviceUrl } from './device-address.ts';

export function refreshDeviceRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'PUT',
    url: deviceUrl,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'refreshDevice',
      summary: 'Refresh the push token of a device already known',
      description:
        'A device becomes known by a challenge, and in no other way. With the right ' +
        '`previousPushToken`, alive or not, the new token is taken at once. Without it the new one ' +
        'waits until a challenge from that device is approved with a second factor.',
      params: DeviceParams,
      headers: ActorHeaders,
      body: Type.Object(
        {
          platform: PlatformSchema,
          pushToken: PushTokenSchema,
          previousPushToken: Type.Optional(PushTokenSchema),
        },
        { additionalProperties: false },
      ),
      response: {
        200: DeviceSchema,
        ...problemResponses('actor-not-owner', 'not-found', 'destination-not-allowed'),
      },
    },
    handler: async (request) => {
      const { deviceId: id, ...key } = request.params;
      const { platform, pushToken, previousPushToken = null } = request.body;
      const device = { id, platform, pushToken };
      const caller = factorCallerOf(request);
      const waiting = await refreshDevice(deps, key, { device, previousPushToken }, caller);
      return { id, platform, waiting };
    },
  });
}
