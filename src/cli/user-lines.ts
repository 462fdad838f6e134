import type { Static } from 'typebox';
import type { UserSchema } from '../http/schemas/user-schema.ts';

type Shown = Static<typeof UserSchema> & { seen: boolean };

/** A user for a person at a terminal. Numbers are hints, as on a screen. */
export function userLines(user: Shown): string[] {
  const { factors, devices, knownDevices, lockedUntil, recoveryCodesRemaining } = user;
  const own = user.policy ? `, their own is ${user.policy}` : '';
  const seen = user.seen ? '' : '; not seen yet';
  return [
    `${user.userId} of ${user.organizationId}: policy ${user.effectivePolicy}${own}${seen}`,
    ...(lockedUntil ? [`locked until ${lockedUntil}`] : []),
    ...factors.map(
      ({ id, method, hint, role, createdAt }) =>
        `factor ${id}  ${method} ${hint}  ${role}  since ${createdAt}`,
    ),
    ...devices.map(
      ({ id, platform, reachable, waiting }) =>
        `device ${id}  ${platform}  ${waiting ? 'waits for a login' : reachable ? 'reachable' : 'not reachable'}`,
    ),
    ...knownDevices.map(
      ({ id, app, lastSeenAt, expiresAt }) =>
        `known device ${id}  ${app}  seen ${lastSeenAt}  until ${expiresAt}`,
    ),
    `${recoveryCodesRemaining} recovery codes`,
  ];
}
