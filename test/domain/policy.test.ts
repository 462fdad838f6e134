import { expect, test } from '@jest/globals';
import type { Policy } from '../../src/domain/people.ts';
import { effectivePolicy } from '../../src/domain/policy.ts';
import { anOrganization } from '../support/people.ts';

test.each<[Policy | null, Policy | null, Policy]>([
  [null, null, 'off'],
  [null, 'mandatory', 'mandatory'],
  ['off', null, 'off'],
  ['optional', null, 'optional'],
  ['mandatory', null, 'mandatory'],
  ['off', 'optional', 'optional'],
  ['off', 'mandatory', 'mandatory'],
  ['optional', 'mandatory', 'mandatory'],
  ['mandatory', 'optional', 'mandatory'],
  ['optional', 'off', 'optional'],
])('the stricter counts: of the organization %s, of the user %s: %s', (theirs, own, effective) => {
  const organization = theirs && anOrganization('acme', { policy: theirs });
  expect(effectivePolicy({ organization, policy: own, loadedAt: new Date() })).toBe(effective);
});

const day = new Date('2027-03-01T00:00:00Z');
const before = new Date(day.getTime() - 1);

test.each<[Policy, Date, Policy | null, Policy]>([
  ['optional', before, null, 'optional'],
  ['optional', day, null, 'mandatory'],
  ['optional', day, 'optional', 'mandatory'],
  ['optional', before, 'mandatory', 'mandatory'],
  ['off', day, null, 'off'],
  ['off', day, 'optional', 'optional'],
  ['mandatory', before, null, 'mandatory'],
])(
  'a date makes what is optional mandatory, and nothing else: %s at %s, own %s: %s',
  (policy, loadedAt, own, effective) => {
    const organization = anOrganization('acme', { policy, mandatoryFrom: day });
    expect(effectivePolicy({ organization, policy: own, loadedAt })).toBe(effective);
  },
);
