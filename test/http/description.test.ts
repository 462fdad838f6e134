/** The description of the API lacks nothing that a reader or a tool needs. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Document } from '../../scripts/openapi/document.ts';
import { gapsOf } from '../../scripts/openapi/gaps.ts';
import { problemNames } from '../../src/domain/problems.ts';
import { description, operations } from '../support/description.ts';

const served = description as object as Document;

test('each operation, parameter, field and body has words, and an example that is as described', () => {
  expect(gapsOf(served)).toEqual([]);
});

test('the tags come in the order of a login, and what is not of a login after them', () => {
  const tags = served.tags?.map(({ name }) => name) ?? [];
  expect(tags.slice(0, 3)).toEqual(['Challenges', 'Challenge', 'Results']);
  expect(tags.at(-1)).toBe('Operation');
});

test('each problem that a call may meet has an example of its own', () => {
  const shown = Object.keys(served.components.examples ?? {});
  // A method that is not taken belongs to no operation.
  const met = problemNames.filter((name) => name !== 'method-not-allowed');
  expect(shown).toEqual(expect.arrayContaining(met));
});

test('each answer says that it can be found in the log', () => {
  const silent = operations().flatMap(({ method, path, responses }) =>
    Object.entries(responses)
      .filter(([, { headers = {} }]) => !('X-Request-Id' in headers))
      .map(([status]) => `${method} ${path} ${status}`),
  );
  expect(silent).toEqual([]);
});

describe('what is missing is named', () => {
  let broken: Document;
  beforeEach(() => {
    broken = structuredClone(served);
  });

  const post = () => broken.paths['/v1/challenges'] as Record<string, object>;

  test('the words of an operation', () => {
    Object.assign(post()['post'] ?? {}, { description: '', tags: ['Nowhere'] });
    expect(gapsOf(broken)).toEqual([
      'POST /v1/challenges has no description',
      'POST /v1/challenges has a tag that is not described: Nowhere',
    ]);
  });

  test('the words and the example of a field', () => {
    const { properties = {} } = broken.components.schemas['Challenge'] ?? {};
    properties['language'] = { type: 'string' };
    expect(gapsOf(broken)).toEqual([
      'Challenge/language: has no description',
      'Challenge/language: has no example',
    ]);
  });

  test('an example that its schema refuses', () => {
    const { properties = {} } = broken.components.schemas['Challenge'] ?? {};
    Object.assign(properties['language'] ?? {}, { examples: [7] });
    expect(gapsOf(broken)).toEqual([
      'Challenge/language: has an example that is not as described: data must be string',
    ]);
  });
});
