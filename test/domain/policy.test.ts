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
  expect(effectivePolicy({ organization, policy: own })).toBe(effective);
});
