import { across, round, text, width } from './drawing.ts';
import type { Fault } from './history.ts';

export const kinds: Record<Fault['kind'], { name: string; colour: string }> = {
  replica: { name: 'replica', colour: '#8e6cc9' },
  redis: { name: 'Redis', colour: '#d1495b' },
  postgres: { name: 'PostgreSQL', colour: '#3f7fb0' },
  provider: { name: 'provider', colour: '#d9a02b' },
  machine: { name: 'machine busy', colour: '#9aa0a6' },
};

const rowHeight = 17;
const headingHeight = 14;
const letterWidth = 6.1;

type Band = Pick<Fault, 'kind' | 'name' | 'from' | 'to'>;

/** Bands in as few rows as keep their labels apart. */
export function rowsFor(faults: Band[], seconds: number): Band[][] {
  const rows: Band[][] = [];
  for (const fault of faults.toSorted((a, b) => a.from - b.from)) {
    const fits = rows.find((row) =>
      row.every((other) => endOf(other, seconds) < across(fault.from, seconds)),
    );
    if (fits) fits.push(fault);
    else rows.push([fault]);
  }
  return rows;
}

/** Where the label behind it ends. */
function endOf({ to, name }: Band, seconds: number): number {
  return across(to, seconds) + labelOf(name).length * letterWidth + 14;
}

/** What the colour says need not be said again. */
function labelOf(name: string): string {
  return name.replace(/^(Redis|PostgreSQL): |^replica |^machine busy/, '');
}

/** The bands, and a shade of each over the plot below them. */
export function bands(
  rows: Band[][],
  { seconds, plotHeight }: { seconds: number; plotHeight: number },
): { body: string; height: number } {
  const height = headingHeight + rows.length * rowHeight + 10;
  const body = rows.flatMap((row, index) => {
    const y = headingHeight + index * rowHeight;
    return row.map((band) => draw(band, { y, seconds, bottom: height + plotHeight }));
  });
  return { body: body.join('\n'), height };
}

function draw(
  { kind, name, from, to }: Band,
  { y, seconds, bottom }: { y: number; seconds: number; bottom: number },
): string {
  const { colour } = kinds[kind];
  const x = across(from, seconds);
  const wide = Math.max(2.5, round(across(to, seconds) - x));
  const label = labelOf(name);
  const outside = x + wide + label.length * letterWidth > width;
  const place = outside ? `text-anchor="end"` : '';
  return `<rect x="${x}" y="${y}" width="${wide}" height="${bottom - y}" fill="${colour}" fill-opacity="0.13"/>
<rect x="${x}" y="${y}" width="${wide}" height="13" rx="2" fill="${colour}"/>
${text(outside ? x - 4 : x + wide + 4, y + 11, label, `font-size="11" ${place} fill="#333"`)}`;
}
