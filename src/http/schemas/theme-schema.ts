import Type, { type Static } from 'typebox';
import type { Theme } from '../../domain/people.ts';
import { nullable, printable } from './fields.ts';

const colour = (description: string, example: string) =>
  nullable(Type.String({ pattern: '^#[0-9a-fA-F]{6}$', description, examples: [example] }));

/** A body has at most 16 KiB. */
const maxLogoLength = 8192;

const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

export const themeFields = {
  productName: nullable(
    Type.String({
      maxLength: 40,
      pattern: printable.source,
      format: 'nfc',
      description: 'What the page calls itself, at its top and as the words of the logo.',
      examples: ['Acme Panel'],
    }),
  ),
  logo: nullable(
    Type.String({
      maxLength: maxLogoLength,
      pattern: '^data:image/png;base64,[A-Za-z0-9+/]+={0,2}$',
      description:
        `A PNG as a \`data:\` URI of at most ${maxLogoLength} characters, 1024 × 512 pixels, without ` +
        'animation. The page draws it on a light ground, in the dark too, at most 32 pixels high.',
      examples: [`data:image/png;base64,${png}`],
    }),
  ),
  lightColour: colour(
    'Of buttons, links and the focus on a light page. Its contrast there must be at least 4.5:1.',
    '#0b6b50',
  ),
  darkColour: colour('The same on a dark page.', '#7fd6b8'),
};

export const themeMeaning = 'How the 2FA page looks. Null: as it looks without.';

export const ThemeSchema = Type.Object(themeFields, { description: themeMeaning });

export type ThemeBody = Static<typeof ThemeSchema>;

export function presentTheme(theme: Theme): ThemeBody {
  const { productName, logo, lightColour, darkColour } = theme;
  return { productName, logo, lightColour, darkColour };
}
