import { compareVersions, validate } from 'compare-versions';

export type App = { name: string; version?: string | null };

/** Numbers, and perhaps what sort of build: not the wildcards that ranges of versions know. */
const form = /^v?\d+(\.\d+)*([+-]|$)/;

/**
 * The version an app must have before it can show the second step, when the one at hand does not.
 * A version that is missing, or is none, is older than any.
 */
export function missingVersion(app: App, minimums: ReadonlyMap<string, string>): string | null {
  const minimum = minimums.get(app.name);
  if (!minimum) return null;
  const { version } = app;
  const known = typeof version === 'string' && form.test(version) && validate(version);
  return known && compareVersions(version, minimum) >= 0 ? null : minimum;
}
