import Type from 'typebox';
import { forgetDevice } from '../../../domain/users/change-devices.ts';
import { ActorHeaders, factorCallerOf } from '../../credentials/caller.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import type { App, RouteContext } from '../../route.ts';
import { userCall } from '../users/user-call.ts';
import { DeviceParams, deviceUrl } from './device-address.ts';

export function forgetDeviceRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'DELETE',
    url: deviceUrl,
    onRequest: credentials.apiKey('users'),
    schema: {
      ...userCall,
      operationId: 'forgetDevice',
      summary: 'Forget a device',
      description:
        'For the last device that push reaches, the rules for removing a factor hold: they ask for ' +
        '`X-Challenge-Id`, and keep the last factor where the policy is mandatory.',
      params: DeviceParams,
      headers: ActorHeaders,
      response: {
        204: Type.Null(),
        ...problemResponses('actor-not-owner', 'step-up-required', 'not-found', 'last-factor'),
      },
    },
    handler: async (request, reply) => {
      const { deviceId, ...key } = request.params;
      await forgetDevice(deps, key, deviceId, factorCallerOf(request));
      return reply.code(204).send(null);
    },
  });
}
