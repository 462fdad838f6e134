import Type, { type TSchema } from 'typebox';
import { methodNames } from '../../domain/factors/index.ts';

/** Shared fields, with their limits. */

type Words = { description?: string; examples?: unknown[] };

/** The words and examples of `schema` are those of the whole field. */
export function nullable<T extends TSchema>(schema: T) {
  const { description, examples, ...value } = schema as T & Words;
  return Type.Union([value as unknown as T, Type.Null()], {
    ...(description && { description }),
    ...(examples && { examples }),
  });
}

export const exampleRequestId = '1a9ab2a5-5b6e-4a3f-8d1c-7e0f9b2c4d60';

/** One of a fixed list of texts. */
export function oneOf<const Value extends string>(values: readonly Value[], options: object = {}) {
  return Type.Unsafe<Value>({ type: 'string', enum: [...values], ...options });
}

export const said = (description: string, ...examples: string[]) =>
  Type.String({ description, examples });

export const counted = (description: string, example: number) =>
  Type.Integer({ description, examples: [example] });

/** RFC 3339, in UTC. */
export const moment = (description: string, example = '2027-03-01T09:00:00.000Z') =>
  Type.String({ format: 'date-time', description, examples: [example] });

/** The methods that there are. */
export const MethodSchema = Type.Unsafe<string>({
  type: 'string',
  enum: methodNames,
  description: 'How codes are delivered: by phone call, or by push to the app.',
});

/** "Printable characters, no space at the ends". */
export const printable = /^[^\p{C}\p{Z}]([^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u;

const maxIdLength = 128;
const idPattern = new RegExp(printable.source.replace('^', '^(?!\\.{1,2}$)'), 'u');

export const idDescription =
  "The caller's own id: 1 to 128 printable characters in Unicode normalization form C (NFC), " +
  'no space at the ends, not `.` or `..`.';

/** "1 to 128 printable characters in Unicode NFC, no space at the ends, not `.` or `..`". */
export const OpaqueId = Type.String({
  maxLength: maxIdLength,
  pattern: idPattern.source,
  format: 'nfc',
  description: idDescription,
  examples: ['42'],
});

export const OrganizationId = { ...OpaqueId, examples: ['acme'] };

/** The same check for a text without a schema. */
export function isOpaqueId(text: string): boolean {
  return [...text].length <= maxIdLength && idPattern.test(text) && isNormal(text);
}

/** Normalization form C: equal texts have equal bytes. */
export function isNormal(text: string): boolean {
  return text.normalize() === text;
}

export const LanguageSchema = Type.String({
  maxLength: 35,
  pattern: '^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$',
  description: 'A BCP 47 language tag.',
  examples: ['nl-NL'],
});

export const PlatformSchema = Type.String({
  pattern: '^[a-z0-9-]{1,32}$',
  description: 'What the app runs on.',
  examples: ['android', 'ios'],
});

export const pushTokenPattern = /^[!-~]{1,4096}$/;

export const PushTokenSchema = Type.String({
  pattern: pushTokenPattern.source,
  description: 'The registration token that Firebase gave this app instance.',
  examples: ['fMdR2x8qTQ:APA91bH-a-token-of-Firebase'],
});

/** Its year has four digits in every time zone. JavaScript reads no leap second. */
export const MomentSchema = Type.String({
  format: 'date-time',
  pattern: '^2\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$',
  description: 'RFC 3339, from the year 2000 to 2999. Answers have it in UTC, in milliseconds.',
  examples: ['2027-01-01T00:00:00Z'],
});

/** Our own id, in a path or a body. */
export const OurId = Type.String({
  pattern: '^[\\w-]{1,64}$',
  description: 'An id that the service gave.',
  examples: ['e7b32a77-9a41-4c0e-8a57-0d2f3b1c6e90'],
});

export const OrganizationParams = Type.Object({ organizationId: OrganizationId });

export const UserParams = Type.Object({ organizationId: OrganizationId, userId: OpaqueId });
