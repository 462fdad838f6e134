import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { emptyFolder } from '../e2e/program.ts';
import { root } from '../support/replica.ts';

/** A version of the service, ready to start. */
export type Version = { name: string; folder: string; remove(): void };

const lastRelease = readFileSync(join(import.meta.dirname, 'last-release'), 'utf8').trim();

/**
 * The version of a commit, in a temporary folder. A clone without that commit fetches it; where that fails, it
 * is this version, and its name says so.
 */
export function versionOf(commit = lastRelease): Version {
  if (!isThere(commit)) return { name: 'this version (no history)', folder: root, remove() {} };
  const { folder, remove } = emptyFolder();
  run('git archive "$1" | tar -x -C "$2"', root, commit, folder);
  if (isServedByOurs(folder)) symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  else run('npm ci --ignore-scripts --no-audit --no-fund --silent', folder);
  run('npm run --silent prepare', folder);
  return { name: commit.slice(0, 7), folder, remove };
}

function isThere(commit: string): boolean {
  const find = 'git cat-file -e "$1^{commit}"';
  try {
    run(`${find} || { git fetch --quiet --depth 1 origin "$1" && ${find}; }`, root, commit);
    return true;
  } catch {
    return false;
  }
}

type Package = { version: string; dev?: true; devOptional?: true };

/** Whether each of its packages of production is among ours, in the same version. */
function isServedByOurs(folder: string): boolean {
  const ours = packagesOf(root);
  return Object.entries(packagesOf(folder)).every(
    ([path, { version, dev, devOptional }]) =>
      path === '' || dev || devOptional || ours[path]?.version === version,
  );
}

function packagesOf(folder: string): Record<string, Package> {
  return JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')).packages;
}

function run(script: string, cwd: string, ...args: string[]): void {
  const { PATH = '' } = process.env;
  const env = { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${PATH}` };
  execFileSync('sh', ['-c', script, 'sh', ...args], { cwd, env, stdio: 'pipe' });
}
