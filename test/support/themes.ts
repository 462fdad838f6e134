import type { Theme } from '../../src/domain/people.ts';

/** The start of a PNG of this size: a browser draws no more than that of it. */
export function pngOf(width: number, height: number, more = ''): string {
  const header = Buffer.from('89504e470d0a1a0a0000000d494844520000000000000000', 'hex');
  header.writeUInt32BE(width, 16);
  header.writeUInt32BE(height, 20);
  return `data:image/png;base64,${Buffer.concat([header, Buffer.from(more)]).toString('base64')}`;
}

/** One black pixel. */
export const aPng =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=';

export const aTheme: Theme = {
  productName: 'Acme Panel',
  logo: aPng,
  lightColour: '#0b6b50',
  darkColour: '#7fd6b8',
};
