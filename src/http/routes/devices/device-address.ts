import Type from 'typebox';
import { OpaqueId, OrganizationId } from '../../schemas/fields.ts';
import { userUrl } from '../users/user-call.ts';

export const deviceUrl = `${userUrl}/devices/:deviceId` as const;

export const DeviceParams = Type.Object({
  organizationId: OrganizationId,
  userId: OpaqueId,
  deviceId: { ...OpaqueId, examples: ['d-1'] },
});
