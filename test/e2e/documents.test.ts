/** The documents name files and commands that exist. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { root } from './program.ts';

const folders = ['.', 'docs', 'docs/decisions', 'clients/typescript', 'clients/php', 'examples'];
const documents = folders.flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const tests = new Set(
  readdirSync(join(root, 'test'), { recursive: true }).map((path) => basename(String(path))),
);

const read = (document: string) => readFileSync(join(root, document), 'utf8');
const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, found = '']) => found);

describe.each(documents)('%s', (document) => {
  test('links only to files that exist', () => {
    const links = all(read(document), /\]\((?!https?:|#)([^)#]+)/g);
    const missing = links.filter((link) => !existsSync(join(root, dirname(document), link)));
    expect(missing).toEqual([]);
  });

  test('names only files of src and test that exist', () => {
    // A new factor or channel for text messages is the example in CONTRIBUTING.md.
    const paths = all(read(document), /`((?:src|test|scripts|bench|prisma)\/[\w./-]+)`/g);
    const missing = paths.filter(
      (path) => !path.endsWith('/sms.ts') && !existsSync(join(root, path)),
    );
    expect(missing).toEqual([]);
  });

  test('names only tests that exist', () => {
    const names = all(read(document), /[`/]([\w-]+(?:\.long)?\.test\.ts)`/g);
    expect(names.filter((name) => !tests.has(name))).toEqual([]);
  });

  test('names only npm scripts that exist', () => {
    const names = all(read(document), /npm run (?:--silent |-s )?([\w:-]+)/g);
    expect(names.filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('each way to start it gives Node the same limits of memory', () => {
  const ways = [scripts.start, read('Dockerfile'), read('deploy/systemd/doublecheck.service')];
  const limits = ways.map((way) => all(way, /(--expose-gc|(?:--max-|MALLOC_)[\w-]+=\d+)/g).sort());
  expect(limits[0]).toHaveLength(4);
  for (const others of limits) expect(others).toEqual(limits[0]);
});
