import { compareVersions, validate } from 'compare-versions';

export type App = { name: string; version?: string };

/**
 * The version an app must have before it can show the second step, when the one at hand does not.
 * A version that is missing, or is none, is older than any.
 */
export function missingVersion(app: App, minimums: ReadonlyMap<string, string>): string | null {
  const minimum = minimums.get(app.name);
  if (!minimum) return null;
  const known = app.version !== undefined && validate(app.version);
  return known && compareVersions(app.version as string, minimum) >= 0 ? null : minimum;
}
