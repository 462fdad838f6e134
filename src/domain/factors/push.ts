import { Problem } from '../problems.ts';
import type { Enrolling, FactorKind } from './kind.ts';

const app = 'Qaller';

export const deviceHint = (platform: string) => `${app} (${platform})`;

function obstacle({ user, device }: Pick<Enrolling, 'user' | 'device'>): 'no-device' | null {
  return device || user.devices.length > 0 ? null : 'no-device';
}

/** A push message to every Qaller app of the user. All devices together are one factor. */
export const push: FactorKind = {
  method: 'push',
  amr: [],
  input: {},
  reachesDevices: true,
  offeredTo: (user) => !user.factors.some((factor) => factor.method === 'push'),
  obstacle,
  address(_input, enrolling) {
    const problem = obstacle(enrolling);
    if (problem) throw new Problem(problem);
    return app;
  },
  requireReachable(_address, { devices }) {
    if (devices.length === 0) throw new Problem('no-device');
  },
  hint: (address, deviceCount) => `${address} (${deviceCount})`,
  app: (address) => address,
};
