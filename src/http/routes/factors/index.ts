import type { RouteList } from '../../route.ts';
import { addUserFactorRoute } from './add-user-factor.ts';
import { listFactorsRoute } from './list-factors.ts';
import { promoteFactorRoute } from './promote-factor.ts';
import { removeFactorRoute } from './remove-factor.ts';
import { resetFactorsRoute } from './reset-factors.ts';

/** "2FA instellingen wijzigen". */
export const factorsRoutes: RouteList = [
  listFactorsRoute,
  addUserFactorRoute,
  promoteFactorRoute,
  removeFactorRoute,
  resetFactorsRoute,
];
