/** The shapes of a chart. */

type Words = { size?: number; anchor?: 'start' | 'middle' | 'end'; weight?: number; fill?: string };

const font = 'system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif';

export const ink = '#1e293b';
export const faint = '#64748b';

export function text(x: number, y: number, words: string, style: Words = {}): string {
  const { size = 13, anchor = 'middle', weight = 400, fill = ink } = style;
  const attributes = `font-size="${size}" font-weight="${weight}" fill="${fill}" text-anchor="${anchor}"`;
  return `<text x="${at(x)}" y="${at(y)}" ${attributes}>${escaped(words)}</text>`;
}

export type Box = { x: number; y: number; width: number; height: number };

export function box({ x, y, width, height }: Box, fill: string): string {
  const attributes = `x="${at(x)}" y="${at(y)}" width="${at(width)}" height="${at(Math.max(0, height))}"`;
  return `<rect ${attributes} fill="${fill}"/>`;
}

type Point = readonly [x: number, y: number];

export function line(from: Point, to: Point, stroke = '#cbd5e1', dashes = ''): string {
  const [x1, y1, x2, y2] = [...from, ...to].map(at);
  const dashed = dashes && ` stroke-dasharray="${dashes}"`;
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="${stroke}" stroke-width="1.5"${dashed}/>`;
}

/** @param label what it shows, for who cannot see it. */
export function drawing(
  label: string,
  { width, height }: Pick<Box, 'width' | 'height'>,
  parts: readonly string[],
): string {
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const background = box({ x: 0, y: 0, width, height }, '#ffffff');
  const all = [background, ...parts].join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escaped(label)}" ${size} font-family="${font}">\n${all}\n</svg>\n`;
}

function at(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
