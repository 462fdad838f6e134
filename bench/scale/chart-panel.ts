import { rounded, spreadOf, sum } from '../shared/statistics.ts';
import { type Box, box, faint, line, text } from '../shared/svg.ts';
import { type Cores, coresOfOthers } from './cores.ts';
import { limitOf } from './limit.ts';
import type { Run } from './run.ts';
import { medianRun } from './summary.ts';

/** The runs of one configuration, and the position of its column. */
type Column = { runs: Run[]; x: number; width: number };

export const layoutColours = { 1: '#334155', 3: '#94a3b8' } as const;

/** Logins a second of each configuration, as bars with whiskers. */
export function speedBars(area: Box, all: Run[][], max: number): string[] {
  const y = (value: number) => area.y + area.height * (1 - value / max);
  const bars = columns(area, all).flatMap(({ runs, x, width }) => {
    const { median, min, max: fastest } = spreadOf(runs.map(({ perSecond }) => perSecond));
    const middle = x + width / 2;
    const height = area.height * (median / max);
    return [
      box({ x, y: y(median), width, height }, layoutColours[runs[0]?.masters ?? 1]),
      line([middle, y(min)], [middle, y(fastest)], '#e11d48'),
      line([middle - 6, y(min)], [middle + 6, y(min)], '#e11d48'),
      line([middle - 6, y(fastest)], [middle + 6, y(fastest)], '#e11d48'),
      text(middle, y(fastest) - 8, rounded(median, 0).toString(), { weight: 600 }),
    ];
  });
  return [...scale(area, max, max / 4), ...bars];
}

/** A line above each column of several replicas: what they would do if each did as much as one alone. */
export function linearScaling(area: Box, all: Run[][], max: number): string[] {
  return columns(area, all).flatMap(({ runs, x, width }) => {
    const y = area.y + area.height * (1 - linear(runs, all) / max);
    const several = runs[0]?.replicas !== 1;
    return several ? [line([x - 4, y], [x + width + 4, y], '#16a34a', '5 3')] : [];
  });
}

/** Logins a second. */
export function linear(runs: Run[], all: Run[][]): number {
  const { replicas = 1, masters = 1 } = runs[0] ?? {};
  const alone = all.find(([run]) => run?.replicas === 1 && run.masters === masters) ?? [];
  return replicas * spreadOf(alone.map(({ perSecond }) => perSecond)).median;
}

export const shares: [name: string, colour: string, of: (cores: Cores) => number][] = [
  ['replicas', '#2563eb', ({ replicas }) => sum(replicas)],
  ['PostgreSQL', '#0d9488', ({ postgres }) => postgres],
  ['Redis', '#dc2626', ({ redis }) => sum(redis)],
  ['fake Twilio', '#f59e0b', ({ twilio }) => twilio],
  ['load generator', '#a855f7', ({ generator }) => generator],
  ['other processes', '#9ca3af', coresOfOthers],
  ['idle', '#e5e7eb', ({ idle }) => idle],
];

/** Which processes used the cores in each configuration, and what limited it. */
export function coreBars(area: Box, all: Run[][], cores: number): string[] {
  const bars = columns(area, all).flatMap(({ runs, x, width }) => {
    const run = medianRun(runs);
    let y = area.y + area.height;
    const stack = shares.map(([, colour, of]) => {
      // Times are in coarse ticks, so their sum may be a little more than all cores.
      const height = Math.min((area.height * of(run.cores)) / cores, y - area.y);
      y -= height;
      return box({ x, y, width, height }, colour);
    });
    const bottom = area.y + area.height;
    const middle = x + width / 2;
    const { what, share } = limitOf(run);
    const name = `${run.masters} master${run.masters === 1 ? '' : 's'}`;
    return [
      ...stack,
      text(middle, bottom + 18, name, { size: 11, fill: faint }),
      text(middle, bottom + 36, what, { size: 12, weight: 600 }),
      text(middle, bottom + 52, share, { size: 12, weight: 600 }),
    ];
  });
  return [...scale(area, cores, cores / 4), ...bars];
}

function scale(area: Box, max: number, step: number): string[] {
  return [0, 1, 2, 3, 4].flatMap((i) => {
    const y = area.y + area.height * (1 - i / 4);
    const words = String(rounded(i * step, 1));
    const label = text(area.x - 8, y + 4, words, { anchor: 'end', fill: faint, size: 12 });
    return i * step > max ? [] : [line([area.x, y], [area.x + area.width, y], '#e2e8f0'), label];
  });
}

/** Configurations with the same number of replicas stand together. */
function columns(area: Box, all: Run[][]): Column[] {
  const sizes = [...new Set(all.map(([run]) => run?.replicas ?? 0))];
  const group = area.width / sizes.length;
  const width = group / 2.4;
  return all.map((runs) => {
    const { replicas = 0, masters = 1 } = runs[0] ?? {};
    const x = area.x + sizes.indexOf(replicas) * group + group / 2;
    return { runs, x: masters === 1 ? x - width - 2 : x + 2, width };
  });
}
