import { sharedMessages as shared } from '../../src/messages/index.ts';
import de from '../messages/de.json' with { type: 'json' };
import en from '../messages/en.json' with { type: 'json' };
import es from '../messages/es.json' with { type: 'json' };
import fr from '../messages/fr.json' with { type: 'json' };
import nl from '../messages/nl.json' with { type: 'json' };

const english = { ...shared.en, ...en };

export type MessageKey = keyof typeof english;
type Plural<Key> = Key extends `${infer Base}.other` ? Base : never;
export type PluralKey = Plural<MessageKey>;

type Catalogue = Readonly<Record<MessageKey, string>>;
type Params = Readonly<Record<string, string | number>>;

/** A missing message is a type error. */
const catalogues: Readonly<Record<string, Catalogue>> = {
  de: { ...shared.de, ...de },
  en: english,
  es: { ...shared.es, ...es },
  fr: { ...shared.fr, ...fr },
  nl: { ...shared.nl, ...nl },
};

const isKey = (key: string): key is MessageKey => Object.hasOwn(english, key);

/** The words of one language: those of the tag's base language, else the English ones. */
export class Words {
  readonly language: string;
  /** For numbers, times and the names of countries. */
  readonly locale: string;
  readonly #catalogue: Catalogue;

  constructor(tag: string) {
    const base = tag.replace(/[-_].*/, '').toLowerCase();
    this.language = Object.hasOwn(catalogues, base) ? base : 'en';
    this.#catalogue = catalogues[this.language] ?? english;
    this.locale = this.language === base && isTag(tag) ? tag : this.language;
  }

  say(key: MessageKey, params: Params = {}): string {
    return this.#catalogue[key].replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? ''));
  }

  /** A message about a number of things. */
  count(key: PluralKey, count: number, params: Params = {}): string {
    const form = new Intl.PluralRules(this.locale).select(count);
    const wanted = `${key}.${form}`;
    return this.say(isKey(wanted) ? wanted : `${key}.other`, { ...params, count });
  }

  /** The message with this key if there is one, for what the service may add. */
  sayAny(key: string, otherwise: MessageKey): string {
    return this.say(isKey(key) ? key : otherwise);
  }

  /** The message in pieces, so that an element can stand in the place of a parameter. */
  around(key: MessageKey, param: string): [before: string, after: string] {
    const [before = '', after = ''] = this.#catalogue[key].split(`{${param}}`);
    return [before, after];
  }

  number(value: number): string {
    return new Intl.NumberFormat(this.locale).format(value);
  }

  /** `26 seconds`, `12 minutes`, `3 hours`. */
  duration(seconds: number): string {
    const [value, unit] = inUnits(seconds);
    return new Intl.NumberFormat(this.locale, {
      style: 'unit',
      unit,
      unitDisplay: 'long',
    }).format(value);
  }

  /** `at`, as seen at `now`: relative when it is near, else the time, and the day when it is not today. */
  moment(at: number, now: number): string {
    const minutes = Math.ceil((at - now) / 60_000);
    if (minutes < 60)
      return new Intl.RelativeTimeFormat(this.locale).format(Math.max(1, minutes), 'minute');
    const today = new Date(at).toDateString() === new Date(now).toDateString();
    return new Intl.DateTimeFormat(this.locale, {
      ...(today ? {} : { weekday: 'long', day: 'numeric', month: 'long' }),
      hour: 'numeric',
      minute: '2-digit',
    }).format(at);
  }

  day(at: number, dateStyle: 'long' | 'medium' = 'long'): string {
    return new Intl.DateTimeFormat(this.locale, { dateStyle }).format(at);
  }
}

function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length > 0;
  } catch {
    return false;
  }
}

function inUnits(seconds: number): [number, 'second' | 'minute' | 'hour'] {
  if (seconds < 90) return [Math.max(1, Math.ceil(seconds)), 'second'];
  if (seconds < 90 * 60) return [Math.ceil(seconds / 60), 'minute'];
  return [Math.ceil(seconds / 3600), 'hour'];
}
