export const width = 1400;
export const left = 64;
const right = 24;

/** Where a moment of a round is drawn. */
export function across(at: number, seconds: number): number {
  return round(left + (at / seconds) * (width - left - right));
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function text(x: number, y: number, words: string, more = ''): string {
  const safe = words.replace(/&/g, '&amp;').replace(/</g, '&lt;');
  return `<text x="${round(x)}" y="${round(y)}" ${more}>${safe}</text>`;
}
