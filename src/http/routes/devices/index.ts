import type { RouteList } from '../../route.ts';
import { forgetDeviceRoute } from './forget-device.ts';
import { refreshDeviceRoute } from './refresh-device.ts';

/** The installed apps of a user. */
export const devicesRoutes: RouteList = [refreshDeviceRoute, forgetDeviceRoute];
