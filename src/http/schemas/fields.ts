import Type, { type TSchema } from 'typebox';

/** Shared fields, with their limits. */

export const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

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
});

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
  examples: ['android', 'ios'],
});

export const pushTokenPattern = /^[!-~]{1,4096}$/;

export const PushTokenSchema = Type.String({
  pattern: pushTokenPattern.source,
  description: 'The registration token that Firebase gave this app instance.',
});

/** Its year has four digits in every time zone. JavaScript reads no leap second. */
export const MomentSchema = Type.String({
  format: 'date-time',
  pattern: '^2\\d{3}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]\\d\\d:\\d\\d)$',
  description: 'RFC 3339, from the year 2000 to 2999. Answers have it in UTC, in milliseconds.',
  examples: ['2027-01-01T00:00:00Z'],
});

/** Our own id, in a path or a body. */
export const OurId = Type.String({ pattern: '^[\\w-]{1,64}$' });

export const OrganizationParams = Type.Object({ organizationId: OpaqueId });

export const UserParams = Type.Object({ organizationId: OpaqueId, userId: OpaqueId });
