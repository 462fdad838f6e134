import type { Organization, OrganizationRules, Policy, User } from './people.ts';

const strictness: readonly Policy[] = ['off', 'optional', 'mandatory'];

/** The stricter of the organization's policy and the user's own, when the user was loaded. */
export function effectivePolicy({
  organization,
  policy,
  loadedAt,
}: Pick<User, 'organization' | 'policy' | 'loadedAt'>): Policy {
  const policies = [organization ? policyAt(organization, loadedAt) : 'off', policy ?? 'off'];
  return policies.reduce((a, b) => (strictness.indexOf(a) >= strictness.indexOf(b) ? a : b));
}

function policyAt({ policy, mandatoryFrom }: OrganizationRules, moment: Date): Policy {
  const isDue = mandatoryFrom !== null && mandatoryFrom <= moment;
  return policy === 'optional' && isDue ? 'mandatory' : policy;
}

export const organizationDefaults = {
  language: 'nl-NL',
  country: 'NL',
  backup: 'offered',
  mandatoryFrom: null,
  firstSetup: 'open',
  knownDevices: { days: 30, skipCode: false },
  theme: { productName: null, logo: null, lightColour: null, darkColour: null },
} as const satisfies Omit<Organization, 'id' | 'policy'>;

export function needsFirstPass({ organization, factors }: Pick<User, 'organization' | 'factors'>) {
  return factors.length === 0 && organization?.firstSetup === 'pass';
}
