/** Prints what in openapi.yaml would break a caller of main's, unless the version says so. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { breakingChanges, mayBreak } from './openapi/breaking-changes.ts';

const root = join(import.meta.dirname, '..');
const file = 'openapi.yaml';

function git(...args: string[]): string | null {
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 } as const;
  const { status, stdout } = spawnSync('git', args, options);
  return status === 0 ? stdout : null;
}

/** Where this branch left main; on main itself the commit before. Null without a history. */
function landed(): string | null {
  const head = git('rev-parse', 'HEAD');
  const bases = ['origin/main', 'main'].map((ref) => git('merge-base', 'HEAD', ref));
  const base = bases.find((one) => one !== null && one !== head) ?? git('rev-parse', 'HEAD^');
  return base?.trim() ?? null;
}

const base = landed();
const older = base && git('show', `${base}:${file}`);
const newer = readFileSync(join(root, file), 'utf8');
if (older && !mayBreak(versionOf(older), versionOf(newer))) {
  const changes = breakingChanges(older, newer);
  for (const change of changes) process.stdout.write(`${change}\n`);
  if (changes.length > 0) {
    process.stdout.write('These break callers. See docs/versions.md.\n');
    process.exitCode = 1;
  }
}

function versionOf(description: string): string {
  return parse(description).info.version;
}
