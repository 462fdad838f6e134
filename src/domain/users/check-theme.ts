import type { Theme } from '../people.ts';
import { Problem } from '../problems.ts';

/** What page/styles/colours.css puts under words in the organization's colour. */
export const pageColours = {
  lightColour: { card: '#ffffff', tint: 0.1 },
  darkColour: { card: '#191c22', tint: 0.1 },
};

/**
 * WCAG 2.2, 1.4.3, for text on a tint of its own colour. The words on a button have the colour of the card, and the
 * focus needs 3:1 (1.4.11): both have more contrast than that text.
 */
const wantedContrast = 4.5;

/** Enough for a sharp logo, and too small to fill a browser's memory. */
const logoSize = { width: 1024, height: 512 };

/** @throws Problem `invalid-request` that names the field, with the contrast that it has and needs. */
export function checkTheme({ logo, lightColour, darkColour }: Partial<Theme>): void {
  const errors = [
    ...colourErrors('lightColour', lightColour),
    ...colourErrors('darkColour', darkColour),
    ...logoErrors(logo),
  ].map(({ field, detail }) => ({ pointer: `/theme/${field}`, detail }));
  if (errors.length > 0) throw new Problem('invalid-request', { errors });
}

function colourErrors(field: keyof typeof pageColours, colour: string | null = null) {
  if (colour === null) return [];
  const { card, tint } = pageColours[field];
  const contrast = contrastOf(colour, mix(colour, card, tint));
  if (contrast >= wantedContrast) return [];
  // Rounded down: 4.499 is not enough.
  const found = (Math.floor(contrast * 100) / 100).toFixed(2);
  const detail = `has a contrast of ${found}:1 on the page, and needs at least ${wantedContrast}:1`;
  return [{ field, detail }];
}

function logoErrors(logo: string | null = null) {
  if (logo === null || isStillPng(Buffer.from(logo.replace(/^.*,/, ''), 'base64'))) return [];
  const { width, height } = logoSize;
  return [{ field: 'logo', detail: `must be a PNG of at most ${width} × ${height} that is still` }];
}

const pngStart = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

/** By its header (PNG, section 11.2.1). An `acTL` chunk would make it move. */
function isStillPng(bytes: Buffer): boolean {
  if (bytes.length < 24 || !bytes.subarray(0, 16).equals(pngStart) || bytes.includes('acTL'))
    return false;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  return width > 0 && height > 0 && width <= logoSize.width && height <= logoSize.height;
}

/** WCAG 2.2, "contrast ratio", of two colours `#rrggbb`. */
export function contrastOf(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As `color-mix(in srgb, …)`: `share` of the first. Browsers round either way, so this rounds towards the first. */
export function mix(one: string, other: string, share: number): string {
  const others = channels(other);
  const mixed = channels(one).map((value, i) => {
    const ground = others[i] ?? 0;
    const exact = value * share + ground * (1 - share);
    return value < ground ? Math.floor(exact) : Math.ceil(exact);
  });
  return `#${Buffer.from(mixed).toString('hex')}`;
}

function channels(colour: string): number[] {
  return [...Buffer.from(colour.slice(1), 'hex')];
}
