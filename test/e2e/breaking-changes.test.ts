/** What would break a caller does not go in unnoticed. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { breakingChanges, mayBreak } from '../../scripts/openapi/breaking-changes.ts';

const landed = readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: a test reaches deep into the document.
type Document = any;

const start = ({ paths }: Document) =>
  paths['/v1/challenges'].post.requestBody.content['application/json'].schema;
const challenge = ({ components }: Document) => components.schemas.Challenge;

function after(change: (document: Document) => void): string[] {
  const document = parse(landed);
  change(document);
  return breakingChanges(landed, stringify(document, { compat: 'yaml-1.1' }));
}

test('what is taken away, or asked for, is named', () => {
  const changes = after((all) => {
    delete all.paths['/v1/challenge/skip'];
    delete all.webhooks['factor.added'];
    delete challenge(all).properties.policy;
    start(all).required.push('language');
    start(all).properties.purpose.enum.pop();
  });
  const named = changes.join('\n');
  expect(named).toContain('skip');
  expect(named).toContain('factor.added');
  expect(named).toContain('Property `policy` of `Challenge` was removed.');
  expect(named).toContain('became required: `language`');
  expect(named).toContain('`purpose`');
});

test('what is added is not', () => {
  const changes = after((all) => {
    all.paths['/v1/new'] = all.paths['/v1/challenge/skip'];
    challenge(all).properties.more = { type: 'string' };
    challenge(all).properties.status.enum.push('other');
    start(all).properties.more = { type: 'string' };
  });
  expect(changes).toEqual([]);
});

test('may break in a new major version, before 1.0.0 in a new minor one', () => {
  expect(mayBreak('0.1.0', '0.2.0')).toBe(true);
  expect(mayBreak('0.9.0', '1.0.0')).toBe(true);
  expect(mayBreak('1.4.2', '2.0.0')).toBe(true);
  expect(mayBreak('0.1.0', '0.1.1')).toBe(false);
  expect(mayBreak('1.1.0', '1.2.0')).toBe(false);
  expect(mayBreak('2.0.0', '1.9.0')).toBe(false);
});
