import { de } from './de.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { fr } from './fr.ts';
import { nl } from './nl.ts';
import type { Texts } from './texts.ts';

/** A new language is a new file and a word here. */
const languages: ReadonlyMap<string, Texts> = new Map(Object.entries({ nl, en, de, fr, es }));

/** The texts for a BCP 47 tag: those of its base language, or the English ones. */
export function textsFor(tag: string): Texts {
  const [first = ''] = tag.toLowerCase().split('-', 1);
  return languages.get(first) ?? languages.get(baseLanguage(tag)) ?? en;
}

/** Reads a tag that is not in its shortest form too, such as `nld`. `Intl.Locale` is slow: it comes last. */
function baseLanguage(tag: string): string {
  try {
    return new Intl.Locale(tag).language;
  } catch {
    return tag;
  }
}
