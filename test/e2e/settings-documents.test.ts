/** What an operator reads about the settings is all of them, and true. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { type SettingName, settings } from '../../src/config/settings.ts';
import { root } from './program.ts';

const names = Object.keys(settings) as SettingName[];

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Each line of the form `# NAME=value`. */
function exampleSettings(): Map<string, string> {
  const lines = read('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm);
  return new Map([...lines].map(([, name = '', value = '']) => [name, value]));
}

/** The names in the first cells of the tables. */
function tableSettings(): string[] {
  const cells = read('docs/settings.md').matchAll(/^\|((?:[^|`]*`[A-Z][A-Z_]+`)+[^|]*)\|/gm);
  return [...cells].flatMap(([, cell = '']) => cell.match(/[A-Z][A-Z_]+/g) ?? []);
}

test('.env.example has every setting, and no other', () => {
  expect([...exampleSettings().keys()].sort()).toEqual([...names, 'NODE_ENV'].sort());
});

test.each(names)('.env.example tells the default of %s', (name) => {
  const { parse, fallback } = settings[name];
  const value = exampleSettings().get(name) ?? '';
  const nothing = Array.isArray(fallback) ? [] : null;
  expect(value === '' ? nothing : parse(value)).toEqual(fallback);
});

test('docs/settings.md has every setting, and no other', () => {
  expect(tableSettings().sort()).toEqual([...names].sort());
});
