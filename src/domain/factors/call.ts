import Type from 'typebox';
import { organizationDefaults } from '../policy.ts';
import { Problem } from '../problems.ts';
import type { FactorKind } from './kind.ts';
import { mayBeCalled, phoneNumberHint, readPhoneNumber } from './phone-number.ts';

export const call: FactorKind = {
  method: 'call',
  amr: ['tel'],
  input: {
    phoneNumber: Type.String({
      minLength: 1,
      maxLength: 64,
      description:
        "7 to 15 digits, with or without country code; read in the organization's country.",
      examples: ['06 12345678'],
    }),
  },
  reachesDevices: false,
  offeredTo: () => true,
  obstacle: () => null,
  address({ phoneNumber = '' }, { user, settings }) {
    const country = user.organization?.country ?? organizationDefaults.country;
    return readPhoneNumber(phoneNumber, country, settings);
  },
  requireReachable(address, { settings }) {
    if (!mayBeCalled(address, settings)) throw new Problem('destination-not-allowed');
  },
  hint: phoneNumberHint,
  app: () => null,
};
