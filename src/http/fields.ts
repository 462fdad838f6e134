import Type from 'typebox';

/** Fields that several calls take, with their bounds. */

/** "Printable characters, no spaces at either end". */
export const printable = /^[^\p{C}\p{Z}]([^\p{C}\p{Zl}\p{Zp}]*[^\p{C}\p{Z}])?$/u;

/** "1 to 128 printable characters, no spaces at either end". */
export const OpaqueId = Type.String({
  maxLength: 128,
  pattern: printable.source,
  description: "The caller's own id: 1 to 128 printable characters, no spaces at either end.",
});

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

export const PushTokenSchema = Type.String({
  minLength: 1,
  maxLength: 4096,
  pattern: '^[!-~]+$',
  description: 'The registration token that Firebase gave this app instance.',
});

/** An id of ours, in an address or a body. */
export const OurId = Type.String({ pattern: '^[\\w-]{1,64}$' });

export const OrganizationParams = Type.Object({ organizationId: OpaqueId });

export const UserParams = Type.Object({ organizationId: OpaqueId, userId: OpaqueId });
