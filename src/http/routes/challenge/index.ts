import type { RouteList } from '../../route.ts';
import { addFactorRoute } from './add-factor.ts';
import { cancelChallengeRoute } from './cancel-challenge.ts';
import { createOwnRecoveryCodesRoute } from './create-own-recovery-codes.ts';
import { finishEditRoute } from './finish-edit.ts';
import {
  forgetOwnKnownDeviceRoute,
  forgetOwnKnownDevicesRoute,
} from './forget-own-known-devices.ts';
import { getChallengeRoute } from './get-challenge.ts';
import { getThemeRoute } from './get-theme.ts';
import { listOwnKnownDevicesRoute } from './list-own-known-devices.ts';
import { promoteOwnFactorRoute } from './promote-own-factor.ts';
import { removeOwnFactorRoute } from './remove-own-factor.ts';
import { sendCodeRoute } from './send-code.ts';
import { skipEnrolmentRoute } from './skip-enrolment.ts';
import { verifyCodeRoute } from './verify-code.ts';

/** Calls with a challenge token, from a page or an app. */
export const challengeRoutes: RouteList = [
  getChallengeRoute,
  getThemeRoute,
  sendCodeRoute,
  verifyCodeRoute,
  addFactorRoute,
  skipEnrolmentRoute,
  cancelChallengeRoute,
  promoteOwnFactorRoute,
  removeOwnFactorRoute,
  createOwnRecoveryCodesRoute,
  listOwnKnownDevicesRoute,
  forgetOwnKnownDevicesRoute,
  forgetOwnKnownDeviceRoute,
  finishEditRoute,
];
