import type { RouteList } from '../../route.ts';
import { createPassRoute } from './create-pass.ts';
import { createRecoveryCodesRoute } from './create-recovery-codes.ts';
import { eraseUserRoute } from './erase-user.ts';
import { forgetKnownDeviceRoute, forgetKnownDevicesRoute } from './forget-known-devices.ts';
import { getUserRoute } from './get-user.ts';
import { listUsersRoute } from './list-users.ts';
import { passwordChangedRoute } from './password-changed.ts';
import { removePassRoute } from './remove-pass.ts';
import { setUserPolicyRoute } from './set-user-policy.ts';
import { unlockUserRoute } from './unlock-user.ts';

/** A user's state, and what an administrator can change. */
export const usersRoutes: RouteList = [
  listUsersRoute,
  getUserRoute,
  setUserPolicyRoute,
  eraseUserRoute,
  unlockUserRoute,
  passwordChangedRoute,
  createPassRoute,
  removePassRoute,
  createRecoveryCodesRoute,
  forgetKnownDevicesRoute,
  forgetKnownDeviceRoute,
];
