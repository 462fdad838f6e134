import {
  AsYouType,
  type CountryCode,
  getCountries,
  getCountryCallingCode,
} from 'libphonenumber-js/core';
// The build keeps only the countries that may be called.
import metadata from 'libphonenumber-js/min/metadata';

export type Country = CountryCode;

export type Entered = {
  /** As people write it. */
  shown: string;
  /** E.164, as far as it goes. */
  number: string;
  /** The country that the number itself names. */
  country: Country | null;
};

/** Formats a number while it is typed. */
export function typed(text: string, country: Country): Entered {
  const formatter = new AsYouType(country, metadata);
  const shown = formatter.input(text.replace(/[^\d+ ()./-]/g, ''));
  return {
    shown,
    number: formatter.getNumberValue() ?? text,
    country: shown.startsWith('+') ? (formatter.getCountry() ?? null) : null,
  };
}

export function callingCode(country: Country): string {
  return getCountryCallingCode(country, metadata);
}

/** All countries, in the order of a language. */
export function countries(locale: string): { country: Country; name: string }[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const { compare } = new Intl.Collator(locale);
  return getCountries(metadata)
    .map((country) => ({ country, name: names.of(country) ?? country }))
    .sort((a, b) => compare(a.name, b.name));
}

const byLanguage: Readonly<Record<string, Country>> = {
  nl: 'NL',
  en: 'GB',
  de: 'DE',
  fr: 'FR',
  es: 'ES',
};

/** The country of the screen's language: a user can choose another. */
export function countryOf(tag: string): Country {
  const { language, region = '' } = new Intl.Locale(tag);
  const known = getCountries(metadata).find((country) => country === region);
  return known ?? byLanguage[language] ?? 'NL';
}
