import fc, { type Arbitrary } from 'fast-check';
import type { Schema } from '../support/description.ts';
import { aTheme } from '../support/themes.ts';

/** Values that a schema allows, and values that hardly any schema does. */

/** What is good, or stands for something that exists: the world puts that in when the request is made. */
const known: Record<string, string[]> = {
  organizationId: ['$organization'],
  userId: ['$user'],
  'x-actor': ['$user', '$colleague'],
  factorId: ['$factor'],
  deviceId: ['$device'],
  knownDeviceId: ['$known'],
  challengeId: ['$challenge'],
  id: ['$trial'],
  'x-challenge-id': ['$challenge'],
  token: ['$result', '$deny'],
  phoneNumber: ['$number'],
  code: ['$right', '$right', '$wrong'],
  name: ['$problem'],
  // Only a PNG and colours that can be read pass.
  logo: [String(aTheme.logo)],
  lightColour: [String(aTheme.lightColour)],
  darkColour: [String(aTheme.darkColour)],
};

/** @param name of the field, by which something that exists may be meant. */
export function valid(schema: Schema, name = ''): Arbitrary<unknown> {
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return fc.oneof(...alternatives.map((one) => valid(one, name)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.type === 'object') return validObject(schema);
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'null') return fc.constant(null);
  if (schema.type === 'integer') return validInteger(schema);
  // An answer that is held would hold up all the others.
  if (name === 'wait') return fc.constant('0');
  const text = validText(schema);
  const existing = known[name];
  return existing ? fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...existing) }, text) : text;
}

function validInteger({ minimum: min = 0, maximum: max = 1_000 }: Schema): Arbitrary<number> {
  return fc.integer({ min, max });
}

function validObject({ properties = {}, required = [], minProperties }: Schema): Arbitrary<object> {
  const fields = Object.entries(properties).map(([name, one]) => [name, valid(one, name)] as const);
  const some = fc.record(Object.fromEntries(fields), {
    requiredKeys: required as never[],
    noNullPrototype: true,
  });
  const [first] = fields;
  // Of several fields often only one may be there.
  if (!minProperties || !first) return some;
  const [name, arbitrary] = first;
  return fc.oneof(some, { weight: 3, arbitrary: arbitrary.map((value) => ({ [name]: value })) });
}

const moments = fc
  .date({ min: new Date('2000'), max: new Date('2999'), noInvalidDate: true })
  .map((moment) => moment.toISOString());

function validText({ pattern, format, minLength = 0, maxLength = 200 }: Schema): Arbitrary<string> {
  if (format === 'ipv4') return fc.ipV4();
  if (format === 'ipv6') return fc.ipV6();
  if (format === 'date-time') return moments;
  const any = fc.string({ unit: 'grapheme', minLength, maxLength: Math.min(maxLength, 40) });
  const fits = ({ length }: string) => length >= minLength && length <= maxLength;
  if (!pattern) return fc.oneof(any, fc.constantFrom(...nasty.filter(fits)));
  const form = new RegExp(pattern, 'u');
  // What fast-check cannot turn round, it is asked until it fits.
  if (pattern.includes('\\p')) return any.filter((text) => form.test(text));
  return fc.stringMatching(form, { maxLength: Math.min(maxLength, 40) });
}

const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

const nasty = [
  '',
  ' ',
  'null',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'x\udfff',
  '\ufffe',
  '\u202e',
  '💥'.repeat(50),
  'é'.normalize('NFD'),
  'a'.repeat(129),
  'a'.repeat(5000),
  '../../etc/passwd',
  "' OR 1=1 --",
  '<script>',
  '١٢٣٤',
  '1e3',
  '-1',
  '+31612345678\n<Say>',
  '$factor',
];

/** Texts that have broken something somewhere. */
export const nastyText: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...nasty),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
);

/** Anything that JSON can say. */
export const anything: Arbitrary<unknown> = fc.oneof(
  nastyText,
  fc.constantFrom<unknown>(null, true, false, 0, -0, -1, 1234, 0.5, 1e21, 1e308, 2 ** 53),
  fc.constantFrom<unknown>([], {}, [[]], deep(100), [null], ['1234'], { length: 1 }),
  fc.jsonValue({ maxDepth: 4 }),
);

/** Names of fields that no schema has. */
export const oddNames: Arbitrary<string> = fc.oneof(
  fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', ''),
  fc.constantFrom('admin', 'attemptsRemaining', 'status', 'id', 'Code', 'code ', '$ref', 'a/b~c'),
  nastyText,
);
