import { describe, expect, test } from '@jest/globals';
import { missingVersion } from '../../src/domain/challenge/app-version.ts';

const minimums = new Map([['qaller', '3.2.0']]);
const missing = (version?: string, name = 'qaller') =>
  missingVersion(version === undefined ? { name } : { name, version }, minimums);

describe('a version', () => {
  test.each([
    '3.2.0',
    '3.2',
    '3.2.1',
    '3.10.0',
    '4',
    '10.0.0',
    'v3.2.0',
    '3.2.0+build.7',
    '3.2.0 (1234)',
    '3.2.0(1234)',
    '3.2.0 ',
    ' 3.2.0',
    '3.2.0/1234',
    '3.2.0 beta',
  ])('%j will do', (version) => {
    expect(missing(version)).toBeNull();
  });

  test.each(['3.1.99', '3.1', '2.99.99', '0.0.0', '3.2.0-rc.1', '3.2.0-alpha', '3.1.9 (32000)'])(
    '%s is too old',
    (version) => {
      expect(missing(version)).toBe('3.2.0');
    },
  );

  test.each([
    '',
    'latest',
    'x',
    '*',
    '3.x',
    '3.*',
    '-1',
    'build 3300',
    '3,2,0',
    '٣.٢.٠',
    '999999999999999999999x',
  ])('%j is none, and older than any', (version) => {
    expect(missing(version)).toBe('3.2.0');
  });

  test('that is missing is older than any', () => {
    expect(missing()).toBe('3.2.0');
  });

  test.each(['uc-panel', 'QALLER', '__proto__'])('does not count for %s', (name) => {
    expect(missing(undefined, name)).toBeNull();
  });
});
