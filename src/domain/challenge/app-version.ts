import { compareVersions, validate } from 'compare-versions';

export type App = { name: string; version?: string | null };

/** The version at the start of what apps send, such as `3.2.0 (1234)` or `v3.2.0-rc.1+build`. No wildcards. */
const form = /^\s*v?(\d+(?:\.\d+)*(?:-[\da-z.-]+)?)(?=$|[+\s(/])/i;

/** Null when the app has it. A missing or unreadable version counts as the oldest. */
export function missingVersion(app: App, minimums: ReadonlyMap<string, string>): string | null {
  const minimum = minimums.get(app.name);
  if (!minimum) return null;
  const [, version = ''] = form.exec(app.version ?? '') ?? [];
  return validate(version) && compareVersions(version, minimum) >= 0 ? null : minimum;
}
