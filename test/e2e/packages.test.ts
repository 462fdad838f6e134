/** What comes from registries: which may run a script at install, and what ships. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { onDemand, onlyForTrying } from '../../scripts/build/on-demand.ts';
import { root } from './program.ts';

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const manifest = read('package.json');
const lock: Record<string, { hasInstallScript?: boolean }> = read('package-lock.json').packages;

test('each package with an install script is allowed or refused by name', () => {
  const names = Object.entries(lock)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path]) => path.split('node_modules/').at(-1));
  expect(Object.keys(manifest.allowScripts).sort()).toEqual(names.sort());
});

test('of all packages, only Node runs a script at install', () => {
  const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may);
  expect(allowed).toEqual([['node', true]]);
});

test('every version is exact', () => {
  const versions = { ...manifest.dependencies, ...manifest.devDependencies };
  const loose = Object.entries(versions).filter(([, version]) => !/^\d/.test(String(version)));
  expect(loose).toEqual([]);
});

test('what is for trying out does not ship, and what ships is a dependency', () => {
  for (const name of onDemand) expect(manifest.dependencies).toHaveProperty([name]);
  expect(onDemand.filter((name) => onlyForTrying.includes(name))).toEqual([]);
});

test('the licence is MIT, in the file and in the manifest', () => {
  expect(manifest.license).toBe('MIT');
  expect(readFileSync(join(root, 'LICENSE'), 'utf8')).toMatch(/^MIT License/);
});
