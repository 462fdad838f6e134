import { match } from '@formatjs/intl-localematcher';
import { IntlMessageFormat } from 'intl-messageformat';
import type { Catalogue, Texts } from './catalogue.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';

/** The languages there are: a new one is a new file and a line here. */
const catalogues = { nl, en, de, fr };
type Language = keyof typeof catalogues;

type Values<Key extends keyof Texts> = Texts[Key] extends undefined ? [] : [Texts[Key]];

/** The texts in a language, and the voice that reads them out. */
export type LanguageTexts = {
  voice: Catalogue['voice'];
  text<Key extends keyof Texts>(key: Key, ...values: Values<Key>): string;
};

/** Finds the texts for a BCP 47 tag: of that language, else of its base language, else English. */
export function textsFor(tag: string): LanguageTexts {
  const language = languageFor(tag);
  const { voice, texts } = catalogues[language];
  return {
    voice,
    text: (key, ...[values]) => String(new IntlMessageFormat(texts[key], language).format(values)),
  };
}

/** By `lookup`: the matcher's own guess would answer a Breton in French, not in English. */
function languageFor(tag: string): Language {
  try {
    return match([tag], Object.keys(catalogues), 'en', { algorithm: 'lookup' }) as Language;
  } catch {
    return 'en';
  }
}
