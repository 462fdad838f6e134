import Type from 'typebox';
import { OpaqueId, OrganizationId, OurId } from '../../schemas/fields.ts';
import { userUrl } from '../users/user-call.ts';

export const factorsUrl = `${userUrl}/factors` as const;

export const FactorParams = Type.Object({
  organizationId: OrganizationId,
  userId: OpaqueId,
  factorId: OurId,
});
