import type { RouteList } from '../../route.ts';
import { addFactorRoute } from './add-factor.ts';
import { cancelChallengeRoute } from './cancel-challenge.ts';
import { getChallengeRoute } from './get-challenge.ts';
import { sendCodeRoute } from './send-code.ts';
import { skipEnrolmentRoute } from './skip-enrolment.ts';
import { verifyCodeRoute } from './verify-code.ts';

/** Calls with a challenge token, from a page or an app. */
export const challengeRoutes: RouteList = [
  getChallengeRoute,
  sendCodeRoute,
  verifyCodeRoute,
  addFactorRoute,
  skipEnrolmentRoute,
  cancelChallengeRoute,
];
