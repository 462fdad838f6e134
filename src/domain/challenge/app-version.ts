import { compareVersions, validate } from 'compare-versions';

export type App = { name: string; version?: string | null };

/**
 * A version at the beginning of what apps tell, such as `3.2.0 (1234)` or `v3.2.0-rc.1+build`: not
 * the wildcards that ranges of versions know.
 */
const form = /^\s*v?(\d+(?:\.\d+)*(?:-[\da-z.-]+)?)(?=$|[+\s(/])/i;

/**
 * The version an app must have before it can show the second step, when the one at hand does not.
 * A version that is missing, or is none, is older than any.
 */
export function missingVersion(app: App, minimums: ReadonlyMap<string, string>): string | null {
  const minimum = minimums.get(app.name);
  if (!minimum) return null;
  const [, version = ''] = form.exec(app.version ?? '') ?? [];
  return validate(version) && compareVersions(version, minimum) >= 0 ? null : minimum;
}
