import Type, { type Static } from 'typebox';
import type { Device } from '../../../domain/people.ts';
import { idDescription, isOpaqueId, pushTokenPattern, said } from '../../schemas/fields.ts';

/** Fields that depend on the phone. They are read as far as possible. */

const text = (description: string, example?: string) => {
  const examples = example && { examples: [example] };
  return Type.Optional(
    Type.Unsafe<string | null>({ type: ['string', 'null'], description, ...examples }),
  );
};

export const VersionSchema = text(
  'Counts for apps that have a minimum version. Read up to a space: `3.2.0 (1234)` is 3.2.0.',
  '3.2.0',
);

export const ScreenLanguageSchema = text(
  'A BCP 47 language tag, of the screens and the push message. Read as language, script and ' +
    "region: `nl-NL-u-nu-latn` is `nl-NL`. One that cannot be read is the organization's.",
  'nl-NL',
);

export const KnownDeviceSchema = text(
  'The token of a known device, from an earlier redemption. One that is not this user’s, or is no ' +
    'longer good, is left out: `knownDevice.recognized` tells.',
  'wDkJ3l9vJm2Yb0c7Q1xS5tHfUeLr8aPzKoNiVgXy4M0',
);

const DeviceInput = Type.Object(
  {
    id: said(idDescription, 'd-1'),
    platform: text('32 letters, digits and dashes at most; others are read as dashes.', 'android'),
    pushToken: text(
      'The registration token that Firebase gave this app instance.',
      'fMdR2x8qTQ:APA91bH-a-token-of-Firebase',
    ),
  },
  { additionalProperties: false },
);

export const DeviceSchema = Type.Optional(
  Type.Unsafe<Static<typeof DeviceInput> | null>({
    ...DeviceInput,
    type: ['object', 'null'],
    description:
      'The app instance the user signs in on. It receives codes once this challenge is approved ' +
      'with a second factor, or as the factor being enrolled. Left out without a usable id and ' +
      'push token.',
  }),
);

const maxVersionLength = 64;

/** As sent, without unprintable characters. Its meaning is decided at use. */
export function readVersion(version: string): string | null {
  const printable = version.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return [...printable].slice(0, maxVersionLength).join('') || null;
}

/** Language, script and region in canonical form. Also reads `nl_NL.UTF-8`. */
export function readLanguage(tag: string): string | null {
  try {
    const bcp47 = tag.replace(/[.@].*$/s, '').replaceAll('_', '-');
    const { language, script, region } = new Intl.Locale(bcp47);
    if (language.length > 3 || language === 'und') return null;
    return [language, script, region].filter(Boolean).join('-');
  } catch {
    return null;
  }
}

export function readDevice({ id, platform, pushToken }: Static<typeof DeviceInput>): Device | null {
  const usable = isOpaqueId(id) && pushToken && pushTokenPattern.test(pushToken);
  return usable ? { id, platform: readPlatform(platform), pushToken } : null;
}

/** In the form of `PUT …/devices`. */
function readPlatform(platform: string | null | undefined): string {
  const read = (platform ?? '').toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return read.replace(/^-|-$/g, '').slice(0, 32) || 'unknown';
}
