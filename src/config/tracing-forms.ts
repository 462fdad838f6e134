import type { Setting } from './setting.ts';

/** `name=value,…`, as OpenTelemetry writes them: values may have percent-encoded parts. */
export const pairs: Setting<Record<string, string> | null> = {
  parse(text) {
    const all = text.split(',').map((pair) => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair));
    try {
      const entries = all.map((found) => [found?.[1], decodeURIComponent(found?.[2] ?? '')]);
      return all.every(Boolean) ? Object.fromEntries(entries) : undefined;
    } catch {
      return undefined;
    }
  },
  form: 'a list of name=value, with percent-encoded values',
  fallback: null,
};

/** A part of the whole. */
export const share: Setting<number> = {
  parse(text) {
    const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    return number <= 1 ? number : undefined;
  },
  form: 'a number from 0 to 1',
  fallback: 1,
};
