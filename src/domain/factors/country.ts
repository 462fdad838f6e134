import { isSupportedCountry } from 'libphonenumber-js/max';

/** ISO 3166-1 alpha-2, of a country with phone numbers. */
export function isCountry(code: string): boolean {
  return isSupportedCountry(code);
}
