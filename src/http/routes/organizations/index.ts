import type { RouteList } from '../../route.ts';
import { eraseOrganizationRoute } from './erase-organization.ts';
import { getOrganizationRoute } from './get-organization.ts';
import { patchOrganizationRoute } from './patch-organization.ts';
import { putOrganizationRoute } from './put-organization.ts';

/** Organizations and their policies, for administrators. */
export const organizationsRoutes: RouteList = [
  putOrganizationRoute,
  patchOrganizationRoute,
  getOrganizationRoute,
  eraseOrganizationRoute,
];
