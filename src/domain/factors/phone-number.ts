import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Settings } from '../ports.ts';
import { Problem } from '../problems.ts';
import { isTestNumber, takesCalls } from './test-destinations.ts';

/** "7 tot 15 getallen; naar keuze met of zonder landnummer". The library alone accepts more. */
const spelling = /^\+?[0-9 ()]{7,40}$/;

/** Invisible characters that come along when people copy a number. */
const invisible = /[\u00AD\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;

const separators =
  /[\s\-\u2010-\u2015\u2212\uFE58\uFE63\uFF0D.\u00B7\u2022\u2024\uFF0E/\u2044\u2215\uFF0F]+/g;

const callable = new Set(['MOBILE', 'FIXED_LINE', 'FIXED_LINE_OR_MOBILE']);

/** Dutch machine-to-machine numbers. The library counts them as mobile. */
const machinePrefixes = ['+3197'];

type Destinations = Pick<Settings, 'mode' | 'callCountries' | 'callDenyPrefixes'>;

/** `country`: ISO 3166-1. @returns E.164. @throws Problem `phone-number-invalid` or `destination-not-allowed`. */
export function readPhoneNumber(input: string, country: string, settings: Destinations): string {
  const international = plainSpelling(input).replace(/^00/, '+');
  const digits = international.replace(/\D/g, '').length;
  if (!spelling.test(international) || digits < 7 || digits > 15) throw invalid();
  const e164 = e164Of(international, country);
  if (!mayBeCalled(e164, settings)) throw new Problem('destination-not-allowed');
  return e164;
}

function e164Of(international: string, country: string): string {
  const compact = international.replace(/[ ()]/g, '');
  if (isTestNumber(compact)) return compact;
  const number = parsePhoneNumberFromString(international, country as CountryCode);
  if (!number?.isValid()) throw invalid();
  return number.number;
}

/** Leaves spaces as the only separators. Also reads `tel:` links and full-width signs. */
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

export function mayBeCalled(
  e164: string,
  { mode, callCountries, callDenyPrefixes }: Destinations,
): boolean {
  if (isTestNumber(e164)) return mode === 'test' && takesCalls(e164);
  if (mode === 'test') return false;
  const number = parsePhoneNumberFromString(e164);
  return (
    callable.has(number?.getType() ?? '') &&
    callCountries.has(number?.country ?? '') &&
    ![...machinePrefixes, ...callDenyPrefixes].some((prefix) => e164.startsWith(prefix))
  );
}

export function phoneNumberHint(e164: string): string {
  const digits = e164.replace('+', '');
  return `${digits.slice(0, 3)}*****${digits.slice(-2)}`;
}

function invalid(): Problem {
  return new Problem('phone-number-invalid');
}
