import { isSupportedCountry } from 'libphonenumber-js/max';

/** Whether a code is an ISO 3166-1 alpha-2 code of a country that has phone numbers. */
export function isCountry(code: string): boolean {
  return isSupportedCountry(code);
}
