import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Settings } from '../ports.ts';
import { Problem } from '../problems.ts';

/**
 * The manual: "7 tot 15 getallen; naar keuze met of zonder landnummer". Checked before the library
 * sees it, which would also take other scripts' digits and text behind the number.
 */
const spelling = /^\+?[0-9 ()]{7,40}$/;

/** What texts that were copied from a page, a mail or a contact bring along, unseen. */
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;

/** What people write between digits: spaces of any width, hyphens and dashes, dots, slashes. */
const separators =
  /[\s\-\u2010-\u2015\u2212\uFE58\uFE63\uFF0D.\u00B7\u2022\u2024\uFF0E/\u2044\u2215\uFF0F]+/g;

const callable = new Set(['MOBILE', 'FIXED_LINE', 'FIXED_LINE_OR_MOBILE']);

/** Dutch machine-to-machine numbers, which the numbering data takes for mobile ones. */
const machinePrefixes = ['+3197'];

/**
 * Reads a number as a person writes it.
 *
 * @param country ISO 3166-1 alpha-2: where a number without a country code belongs.
 * @returns E.164, the only spelling that is kept, compared or called.
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

/** The number with spaces as its only separators, as `tel:` links and full-width signs mean it. */
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

/** Whether an E.164 number is of a kind, in a country and outside the prefixes that are called. */
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

/** What may be shown of a number: `316*****78`. */
export function phoneNumberHint(e164: string): string {
  const digits = e164.replace('+', '');
  return `${digits.slice(0, 3)}*****${digits.slice(-2)}`;
}

function invalid(): Problem {
  return new Problem('phone-number-invalid');
}
