import { across, left, round, text, width } from './drawing.ts';

export const plotHeight = 150;

/** When a request ended, and how: null is lost. */
export type PlottedAnswer = { at: number; status: number | null };

type Curve = { name: string; colour: string; counts: (status: number | null) => boolean };

const passing = [502, 503];

/** The first is a line, the others are bars on top of each other. */
export const curves: Curve[] = [
  {
    name: 'answers a second',
    colour: '#3a7d44',
    counts: (status) => status !== null && status < 500,
  },
  { name: '503, 502', colour: '#ef8a17', counts: (status) => passing.includes(status ?? 0) },
  {
    name: 'other 5xx',
    colour: '#000000',
    counts: (status) => status !== null && status >= 500 && !passing.includes(status),
  },
  { name: 'lost', colour: '#d6006c', counts: (status) => status === null },
];

/** Per second: what was answered, and what failed. */
export function plot(answers: PlottedAnswer[], seconds: number): string {
  const [good, ...bad] = curves.map(({ counts }) => perSecond(answers, seconds, counts));
  const most = Math.ceil(Math.max(10, ...(good ?? [])) / 10) * 10;
  const height = (count: number) => (count / most) * plotHeight;
  const bars = Array.from({ length: seconds }, (_, second) => {
    let y = plotHeight;
    return bad.map((counts, index) => {
      const tall = height(counts[second] ?? 0);
      y -= tall;
      return tall > 0 ? bar(second, { seconds, y, tall, colour: curves[index + 1]?.colour }) : '';
    });
  });
  const points = (good ?? []).map(
    (count, second) => `${across(second + 0.5, seconds)},${round(plotHeight - height(count))}`,
  );
  const line = `<polyline points="${points.join(' ')}" fill="none" stroke="${curves[0]?.colour}" stroke-width="1.6" stroke-linejoin="round"/>`;
  return [axes(seconds, most), ...bars.flat(), line].filter(Boolean).join('\n');
}

function perSecond(answers: PlottedAnswer[], seconds: number, counts: Curve['counts']): number[] {
  const buckets = new Array<number>(seconds).fill(0);
  for (const { at, status } of answers) {
    const second = Math.min(seconds - 1, Math.floor(at));
    if (counts(status)) buckets[second] = (buckets[second] ?? 0) + 1;
  }
  return buckets;
}

type Bar = { seconds: number; y: number; tall: number; colour: string | undefined };

function bar(second: number, { seconds, y, tall, colour }: Bar): string {
  const x = across(second, seconds);
  const wide = round(across(second + 1, seconds) - x);
  return `<rect x="${x}" y="${round(y)}" width="${wide}" height="${round(tall)}" fill="${colour}"/>`;
}

function axes(seconds: number, most: number): string {
  const step = most > 60 ? 40 : 20;
  const levels = Array.from({ length: Math.floor(most / step) + 1 }, (_, i) => i * step);
  const stepSeconds = seconds > 150 ? 30 : 10;
  const moments = Array.from(
    { length: Math.floor(seconds / stepSeconds) + 1 },
    (_, i) => i * stepSeconds,
  );
  const end = across(seconds, seconds);
  return [
    ...levels.map((level) => {
      const y = round(plotHeight - (level / most) * plotHeight);
      const rule = `<line x1="${left}" x2="${end}" y1="${y}" y2="${y}" stroke="#ccc" stroke-width="${level ? 0.5 : 1}"/>`;
      return rule + text(left - 8, y + 4, String(level), 'text-anchor="end" fill="#666"');
    }),
    ...moments.map((moment) => {
      const words = `${Math.floor(moment / 60)}:${String(moment % 60).padStart(2, '0')}`;
      return text(
        across(moment, seconds),
        plotHeight + 18,
        words,
        'text-anchor="middle" fill="#666"',
      );
    }),
    `<g transform="translate(18 ${plotHeight / 2}) rotate(-90)">${text(0, 0, 'a second', 'text-anchor="middle" fill="#666"')}</g>`,
    text(width - 24, plotHeight + 32, 'minutes:seconds', 'text-anchor="end" fill="#666"'),
  ].join('\n');
}
