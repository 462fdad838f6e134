import type { Organization, Policy, User } from './people.ts';

const strictness: readonly Policy[] = ['off', 'optional', 'mandatory'];

/** The stricter of the organization's policy and the user's own. */
export function effectivePolicy(user: Pick<User, 'organization' | 'policy'>): Policy {
  const policies = [user.organization?.policy ?? 'off', user.policy ?? 'off'];
  return policies.reduce((a, b) => (strictness.indexOf(a) >= strictness.indexOf(b) ? a : b));
}

export const organizationDefaults = {
  language: 'nl-NL',
  country: 'NL',
  backup: 'offered',
  mandatoryFrom: null,
  firstSetup: 'open',
  knownDevices: { days: 30, skipCode: false },
} as const satisfies Omit<Organization, 'id' | 'policy'>;
