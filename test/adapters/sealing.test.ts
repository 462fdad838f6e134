/** Who has the stores without the secrets reads nothing, and can put nothing in another's place. */
import { createDecipheriv, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Place, sealing } from '../../src/adapters/sealing.ts';
import { deriveKey, type Secret } from '../../src/domain/secrets/keys.ts';

const secret = (kid: string): Secret => ({ kid, bytes: randomBytes(32) });
const [k1, k2] = [secret('k1'), secret('k_2-')];
const place: Place = ['factors', 'address', 'acme', '42', 'f-1'];
const number = '+31612345678';

describe('what is sealed', () => {
  const { seal, open } = sealing([k1]);

  test('opens to the same value, for any value', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(open(seal(text, place), place)).toBe(text);
      }),
    );
  });

  test('names its secret, is different each time, and does not show what it is', () => {
    const [one, other] = [seal(number, place), seal(number, place)];
    expect(one).toMatch(/^k1\.2\.[\w-]+$/);
    expect(one).not.toBe(other);
    const bytes = Buffer.from(one.slice(5), 'base64url');
    expect(bytes).toHaveLength(12 + number.length + 16);
    expect(bytes.toString('latin1')).not.toContain('612345678');
  });

  const elsewhere: [what: string, place: Place][] = [
    ['another column', ['devices', 'push_token', 'acme', '42', 'f-1']],
    ['another user', ['factors', 'address', 'acme', '43', 'f-1']],
    ['another organization', ['factors', 'address', 'acm', 'e42', 'f-1']],
    ['another row', ['factors', 'address', 'acme', '42', 'f-2']],
    ['no row', ['factors', 'address']],
    ['ids that join to the same text', ['factors', 'address', 'acme","42', 'f-1']],
  ];

  test.each(elsewhere)('does not open in %s', (_what, other) => {
    expect(() => open(seal(number, place), other)).toThrow('authenticate');
  });

  test('does not open with any bit changed, or cut short anywhere', () => {
    const [kid, form, value = ''] = seal(number, place).split('.');
    const bytes = Buffer.from(value, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => open(`${kid}.${form}.${changed.toString('base64url')}`, place)).toThrow();
    }
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = bytes.subarray(0, length).toString('base64url');
      expect(() => open(`${kid}.${form}.${cut}`, place)).toThrow();
    }
  });

  test.each(['', '.', 'k1', 'k1.', number, `k2.2.${'A'.repeat(60)}`, `k1.3.${'A'.repeat(60)}`])(
    'does not open %j',
    (text) => {
      expect(() => open(text, place)).toThrow();
    },
  );

  test('fails in words that show neither the value nor the key', () => {
    const failures = [`k1.2.${'A'.repeat(60)}`, `k9.2.${'A'.repeat(60)}`].map((text) => {
      try {
        return open(text, place);
      } catch (thrown) {
        return String(thrown);
      }
    });
    expect(failures.join()).not.toMatch(/AAAA|k9|acme/);
  });
});

describe('sealed before each column had a key of its own', () => {
  const { seal, open, isCurrent } = sealing([{ kid: 'k1', bytes: Buffer.alloc(32, 7) }]);
  // Made by the version before.
  const old = 'k1.COePSKCqv4Fc7cDB36EGReAr60ojHQGlP3m6krrtyA8NFww8zaKOBg';

  test('it still opens, is not current, and is current once it is sealed again', () => {
    expect(open(old, place)).toBe(number);
    expect(isCurrent(old)).toBe(false);
    const renewed = seal(open(old, place), place);
    expect(isCurrent(renewed)).toBe(true);
    expect(open(renewed, place)).toBe(number);
  });

  test('it does not pass for the new form, nor the new form for it', () => {
    const renewed = seal(number, place);
    expect(() => open(old.replace('k1.', 'k1.2.'), place)).toThrow('authenticate');
    expect(() => open(renewed.replace('k1.2.', 'k1.'), place)).toThrow('authenticate');
  });
});

test('each column has a key of its own: the key of one opens nothing of another', () => {
  const purposes = ['seal', 'seal factors.address', 'seal devices.push_token'] as const;
  const [, , value = ''] = sealing([k1]).seal(number, place).split('.');
  const bytes = Buffer.from(value, 'base64url');
  const opens = purposes.map((purpose) => {
    const key = deriveKey(k1, purpose);
    const opener = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12));
    opener.setAAD(Buffer.from(JSON.stringify(place)));
    opener.setAuthTag(bytes.subarray(-16));
    opener.update(bytes.subarray(12, -16));
    try {
      return opener.final() !== null;
    } catch {
      return false;
    }
  });
  expect(opens).toEqual([false, true, false]);
});

describe('while secrets are changed', () => {
  const [before, during, after] = [sealing([k1]), sealing([k2, k1]), sealing([k2])];

  test('what was sealed before opens during, and what is sealed anew opens after', () => {
    const old = before.seal(number, place);
    const renewed = during.seal(during.open(old, place), place);
    expect([during.isCurrent(old), during.isCurrent(renewed)]).toEqual([false, true]);
    expect(after.open(renewed, place)).toBe(number);
    expect(() => after.open(old, place)).toThrow('not among SECRETS');
  });

  test('a hash is known under each secret, the current one first', () => {
    const [old] = before.hashes(number, place);
    const [renewed] = after.hashes(number, place);
    expect(during.hashes(number, place)).toEqual([renewed, old]);
    expect(old).not.toBe(renewed);
  });

  test('a kid that another begins with is not taken for it', () => {
    const [short, longer] = [sealing([secret('k')]), sealing([secret('k-1')])];
    expect(short.isCurrent(longer.seal(number, place))).toBe(false);
  });
});

test('a hash differs by text, place and secret', () => {
  const { hashes } = sealing([k1]);
  const all = [
    hashes(number, place),
    hashes('+31612345679', place),
    hashes(number, ['factors', 'address', 'acme', '43']),
    sealing([k2]).hashes(number, place),
  ].flat();
  expect(new Set(all).size).toBe(4);
  expect(hashes(number, place)).toEqual(all.slice(0, 1));
});
