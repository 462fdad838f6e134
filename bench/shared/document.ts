import { readFileSync, writeFileSync } from 'node:fs';

/** Writes a part of a document anew: what is between its two marks. */
export function rewrite(file: string, part: string, words: string): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [`<!-- ${part}: written by a command -->`, `<!-- end of ${part} -->`];
  const [before, rest] = text.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (after === undefined) throw new Error(`${file} has no place for ${part}`);
  writeFileSync(file, `${before}${begin}\n\n${words.trim()}\n\n${end}${after}`);
}

/** A table in Markdown. */
export function table(headings: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}
