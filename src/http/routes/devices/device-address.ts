import Type from 'typebox';
import { OpaqueId } from '../../schemas/fields.ts';
import { userUrl } from '../users/user-call.ts';

export const deviceUrl = `${userUrl}/devices/:deviceId` as const;

export const DeviceParams = Type.Object({
  organizationId: OpaqueId,
  userId: OpaqueId,
  deviceId: OpaqueId,
});
