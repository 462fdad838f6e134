import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const redocly = new URL('../../node_modules/.bin/redocly', import.meta.url).pathname;

type Change = { impact: string; path: string; verdicts: { impact: string; message: string }[] };

/** What in the newer description would break a caller of the older one, a line each. Both are YAML. */
export function breakingChanges(older: string, newer: string): string[] {
  const { changes } = compare(older, newer);
  return changes
    .filter(({ impact }) => impact === 'major')
    .map(({ path, verdicts }) => {
      const words = verdicts.filter(({ impact }) => impact === 'major');
      return `${path}: ${words.map(({ message }) => message).join(' ')}`;
    });
}

function compare(older: string, newer: string): { changes: Change[] } {
  const folder = mkdtempSync(join(tmpdir(), 'doublecheck-api-'));
  const file = (name: string) => join(folder, name);
  try {
    writeFileSync(file('older.yaml'), older);
    writeFileSync(file('newer.yaml'), newer);
    // What an answer may say can grow: docs/versions.md.
    const rules = ['--skip-rule', 'enum-values-added', '--fail-on', 'none'];
    const output = ['--format', 'json', '--output', file('report.json')];
    execFileSync(redocly, ['diff', file('older.yaml'), file('newer.yaml'), ...rules, ...output], {
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      stdio: 'pipe',
    });
    return JSON.parse(readFileSync(file('report.json'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whether the newer version may break callers: its major number grew, or before 1.0.0 its minor one. */
export function mayBreak(older: string, newer: string): boolean {
  const [from = [], to = []] = [older, newer].map((version) => version.split('.').map(Number));
  const [major = 0, minor = 0] = from;
  const [nextMajor = 0, nextMinor = 0] = to;
  if (nextMajor !== major) return nextMajor > major;
  return major === 0 && nextMinor > minor;
}
