import { Problem } from '../problems.ts';
import type { FactorKind } from './kind.ts';

const app = 'Qaller';

export const deviceHint = (platform: string) => `${app} (${platform})`;

/** A push message to every Qaller app of the user. All devices together are one factor. */
export const push: FactorKind = {
  method: 'push',
  amr: [],
  input: {},
  reachesDevices: true,
  offeredTo: (user) => !user.factors.some((factor) => factor.method === 'push'),
  address(_input, { user, device }) {
    if (!device && user.devices.length === 0) throw new Problem('no-device');
    return app;
  },
  requireReachable(_address, { devices }) {
    if (devices.length === 0) throw new Problem('no-device');
  },
  hint: (address, deviceCount) => `${address} (${deviceCount})`,
};
