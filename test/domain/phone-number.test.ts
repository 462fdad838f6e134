import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readConfig } from '../../src/config/config.ts';
import { settingsOf } from '../../src/config/domain-settings.ts';
import { phoneNumberHint, readPhoneNumber } from '../../src/domain/factors/phone-number.ts';
import { Problem } from '../../src/domain/problems.ts';

const settings = settingsOf(readConfig({ CALL_DENY_PREFIXES: '+3150820,+4930' }));

function read(input: string, country = 'NL'): string {
  try {
    return readPhoneNumber(input, country, settings);
  } catch (thrown) {
    if (thrown instanceof Problem) return thrown.kind.name;
    throw thrown;
  }
}

describe('a number is read as a person writes it', () => {
  test.each([
    ['06 12345678', 'NL', '+31612345678'],
    ['06-12345678', 'NL', '+31612345678'],
    ['(06) 12 34 56 78', 'NL', '+31612345678'],
    [' 0612345678 ', 'NL', '+31612345678'],
    ['31612345678', 'NL', '+31612345678'],
    ['0031612345678', 'NL', '+31612345678'],
    ['00 31 6 12345678', 'NL', '+31612345678'],
    ['+31 (0)6 12345678', 'NL', '+31612345678'],
    ['+31612345678', 'DE', '+31612345678'],
    ['020 624 1111', 'NL', '+31206241111'],
    ['0470 12 34 56', 'BE', '+32470123456'],
    ['0151 23456789', 'DE', '+4915123456789'],
    ['06 12 34 56 78', 'FR', '+33612345678'],
    ['07400 123456', 'GB', '+447400123456'],
    ['312 345 6789', 'IT', '+393123456789'],
    ['+354 611 1234', 'NL', '+3546111234'],
  ])('%s in %s is %s', (input, country, e164) => {
    expect(read(input, country)).toBe(e164);
  });
});

describe('a number is read as a person pastes it', () => {
  test.each([
    ['a tab', '06\t12345678'],
    ['non-breaking spaces', '06\u00a012\u00a034\u00a056\u00a078'],
    ['thin and narrow spaces', '06\u200912\u202f34\u200956\u202f78'],
    ['a figure space and an ideographic one', '06\u200712345678\u3000'],
    ['a hyphen', '06\u201012345678'],
    ['a non-breaking hyphen', '06\u201112345678'],
    ['an en dash', '06 \u2013 12345678'],
    ['an em dash', '06\u201412345678'],
    ['a minus sign', '06\u221212345678'],
    ['a soft hyphen', '06\u00ad12345678'],
    ['marks of direction', '\u202a+31 6 12345678\u202c'],
    ['a mark before and one after', '\u200e+31612345678\u200f'],
    ['isolates', '\u2066+31 6 12345678\u2069'],
    ['a zero-width space and a byte order mark', '\ufeff06\u200b12345678'],
    ['dots', '06.12.34.56.78'],
    ['a slash', '06/12345678'],
    ['a slash and dots', '06/12.34.56.78'],
    ['parentheses', '(06)12345678'],
    ['a trunk zero', '+31(0)612345678'],
    ['a link', 'tel:+31-6-12345678'],
    ['a link in capitals', 'TEL:0612345678'],
    ['a full-width plus', '\uff0b31 6 12345678'],
    ['all at once', '\u202atel:\uff0b31\u00a0(0)6\u201112.34/56\u200978\u202c'],
  ])('with %s', (_, input) => {
    expect(read(input)).toBe('+31612345678');
  });
});

describe('what is no number is refused', () => {
  test.each([
    '',
    '123456',
    '06123456',
    '0612345678901234',
    '+31 6 1234 5678 9012 3456',
    '+999 12345678',
    '٠٦١٢٣٤٥٦٧٨',
    '０６１２３４５６７８',
    '0612345678 ext 12',
    '0612345678,,123',
    '0612345678#12',
    'bel 0612345678',
    'tel:',
    'tel:0612345678;ext=12',
    'fax:0612345678',
    '06\u066012345678',
    '06:12345678',
    '06\u00d712345678',
    '+31612345678;phone-context=+44',
    '++31612345678',
    '06+12345678',
    '+31612345678</Number><Number>+4412345678',
  ])('%j', (input) => {
    expect(read(input)).toBe('phone-number-invalid');
  });
});

describe('a number that may not be called is not', () => {
  test.each([
    ['premium', '0900 1234567'],
    ['premium, entertainment', '0906 123456'],
    ['freephone', '0800 1234567'],
    ['shared cost in Germany', '+49 180 5123456'],
    ['personal in Britain', '+44 70 1234 5678'],
    ['machine to machine', '+3197012345678'],
    ['machine to machine, as a mobile', '097 0123 45678'],
    ['outside the countries served', '+1 212 555 2368'],
    ['outside the countries served, too', '+7 912 345 67 89'],
    ['with a prefix of the exchange', '050 820 00 00'],
    ['with a prefix of the exchange, written otherwise', '0031-50-820-1234'],
    ['with a prefix denied abroad', '+49 30 123456'],
  ])('%s: %s', (_kind, input) => {
    expect(read(input)).toBe('destination-not-allowed');
  });

  test('not even in a country that the operator serves, where the prefix is denied', () => {
    const all = { mode: 'live' as const, callCountries: new Set(['NL']), callDenyPrefixes: [] };
    expect(readPhoneNumber('050 820 00 00', 'NL', all)).toBe('+31508200000');
    expect(read('050 820 00 00')).toBe('destination-not-allowed');
  });
});

test('any input gives E.164 or one of two problems', () => {
  const typed = fc.oneof(fc.string(), fc.stringMatching(/^[+0-9 ()-]{0,20}$/));
  fc.assert(
    fc.property(typed, (input) => {
      expect(read(input)).toMatch(
        /^(\+[1-9]\d{6,14}|phone-number-invalid|destination-not-allowed)$/,
      );
    }),
  );
});

test('a hint is the first three digits, five stars and the last two', () => {
  expect(phoneNumberHint('+31612345678')).toBe('316*****78');
  expect(phoneNumberHint('+3546111234')).toBe('354*****34');
});
