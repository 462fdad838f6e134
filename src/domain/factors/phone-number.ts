import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Settings } from '../ports.ts';
import { Problem } from '../problems.ts';

/**
 * The manual: "7 tot 15 getallen; naar keuze met of zonder landnummer". The library alone would also
 * accept digits of other scripts, and text after the number.
 */
const spelling = /^\+?[0-9 ()]{7,40}$/;

/** Invisible characters in text that people copy from a page, a mail or a contact. */
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;

/** Characters between digits: spaces of any width, hyphens, dashes, dots, slashes. */
const separators =
  /[\s\-\u2010-\u2015\u2212\uFE58\uFE63\uFF0D.\u00B7\u2022\u2024\uFF0E/\u2044\u2215\uFF0F]+/g;

const callable = new Set(['MOBILE', 'FIXED_LINE', 'FIXED_LINE_OR_MOBILE']);

/** Dutch machine-to-machine numbers, which the library counts as mobile numbers. */
const machinePrefixes = ['+3197'];

/**
 * Reads a number as a person writes it.
 *
 * @param country ISO 3166-1 alpha-2: the country of a number without a country code.
 * @returns E.164, the only form that is stored, compared and called.
 * @throws Problem `phone-number-invalid` or `destination-not-allowed`.
 */
export function readPhoneNumber(
  input: string,
  country: string,
  settings: Pick<Settings, 'callCountries' | 'callDenyPrefixes'>,
): string {
  const international = plainSpelling(input).replace(/^00/, '+');
  const digits = international.replace(/\D/g, '').length;
  if (!spelling.test(international) || digits < 7 || digits > 15) throw invalid();
  const number = parsePhoneNumberFromString(international, country as CountryCode);
  if (!number?.isValid()) throw invalid();
  if (!mayBeCalled(number.number, settings)) throw new Problem('destination-not-allowed');
  return number.number;
}

/** The number with spaces as the only separators. Reads `tel:` links and full-width signs too. */
function plainSpelling(input: string): string {
  return input
    .replace(invisible, '')
    .trim()
    .replace(/^tel:/i, '')
    .replace(/[\uFF08\u207D]/g, '(')
    .replace(/[\uFF09\u207E]/g, ')')
    .replace(/^\s*[\uFF0B\uFE62]/, '+')
    .replace(separators, ' ')
    .trim();
}

/** Whether the type, country and prefix of an E.164 number allow a call. */
export function mayBeCalled(
  e164: string,
  { callCountries, callDenyPrefixes }: Pick<Settings, 'callCountries' | 'callDenyPrefixes'>,
): boolean {
  const number = parsePhoneNumberFromString(e164);
  return (
    callable.has(number?.getType() ?? '') &&
    callCountries.has(number?.country ?? '') &&
    ![...machinePrefixes, ...callDenyPrefixes].some((prefix) => e164.startsWith(prefix))
  );
}

/** The part of a number that may be shown: `316*****78`. */
export function phoneNumberHint(e164: string): string {
  const digits = e164.replace('+', '');
  return `${digits.slice(0, 3)}*****${digits.slice(-2)}`;
}

function invalid(): Problem {
  return new Problem('phone-number-invalid');
}
