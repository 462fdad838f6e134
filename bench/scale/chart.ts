import { type Box, box, drawing, faint, ink, line, text } from '../shared/svg.ts';
import {
  coreBars,
  layoutColours,
  linear,
  linearScaling,
  shares,
  speedBars,
} from './chart-panel.ts';
import { groups, type Report } from './report.ts';
import type { Run } from './run.ts';

const width = 1160;
const height = 900;
const panelWidth = 480;
const lefts = [80, 650];

/** The upper half shows the speed. The lower half shows which processes use the cores, and so what limits. */
export function chart(report: Report): string {
  const all = groups(report);
  const limited = all.filter(([run]) => run?.cpuQuota !== null);
  const unlimited = all.filter(([run]) => run?.cpuQuota === null);
  const cpuQuota = limited[0]?.[0]?.cpuQuota ?? 0;
  const [left = 0, right = 0] = lefts;
  const aims = limited.map((runs) => linear(runs, limited));
  const limitedMax = roundMaxOf([...speeds(limited), ...aims]);
  return drawing('Logins a second by replicas and Redis masters', { width, height }, [
    ...heading(report),
    ...panel({ x: left, max: limitedMax }, limited, report, [
      `Each replica limited to ${cpuQuota} of a core`,
      'how the service scales when the rest has room',
    ]),
    ...panel({ x: right, max: roundMaxOf(speeds(unlimited)) }, unlimited, report, [
      'No replica limited',
      `${report.cores} cores for all processes together`,
    ]),
    ...linearScaling(speedArea(left), limited, limitedMax),
    ...legends(),
  ]);
}

function heading({ cores, rounds, loadOptions, versions }: Report): string[] {
  const { concurrency, seconds } = loadOptions;
  const method = `start, verify, redeem; ${concurrency} people at a time, medians of ${rounds} runs of ${seconds} s`;
  const machine = `one machine of ${cores} cores; Node ${versions['node']}, Redis ${versions['redis']}, PostgreSQL ${versions['postgres']}`;
  return [
    text(40, 40, 'Whole logins a second, by replicas and Redis masters', {
      size: 22,
      weight: 600,
      anchor: 'start',
    }),
    text(40, 64, `${method}; ${machine}`, { anchor: 'start', fill: faint }),
  ];
}

function panel(
  { x, max }: { x: number; max: number },
  all: Run[][],
  report: Report,
  [title, subtitle]: [string, string],
): string[] {
  const area = speedArea(x);
  const coresArea: Box = { x, y: 520, width: panelWidth, height: 200 };
  const replicas = [...new Set(all.map(([run]) => run?.replicas ?? 0))].map(
    (count, i, { length }) =>
      text(
        x + ((i + 0.5) * panelWidth) / length,
        488,
        `${count} replica${count === 1 ? '' : 's'}`,
        {
          weight: 600,
        },
      ),
  );
  return [
    text(x, 112, title, { size: 16, weight: 600, anchor: 'start' }),
    text(x, 132, subtitle, { anchor: 'start', fill: faint }),
    ...speedBars(area, all, max),
    ...replicas,
    text(x, 512, 'cores in use', { anchor: 'start', fill: faint, size: 12 }),
    ...coreBars(coresArea, all, report.cores),
  ];
}

function speedArea(x: number): Box {
  return { x, y: 170, width: panelWidth, height: 290 };
}

function speeds(all: Run[][]): number[] {
  return all.flat().map(({ perSecond }) => perSecond);
}

/** A round number that all of a panel stays below. */
function roundMaxOf(values: number[]): number {
  return Math.ceil((Math.max(...values) * 1.25) / 20) * 20;
}

function legends(): string[] {
  const [first, second] = [826, 860];
  const bars: [string, string][] = [
    ['1 Redis master', layoutColours[1]],
    ['3 Redis masters', layoutColours[3]],
  ];
  const cores = shares.map(([name, colour]) => [name, colour] as [string, string]);
  return [
    ...bars.flatMap((one, i) => key(80 + i * 150, first, one)),
    line([395, first - 5], [395, first - 17], '#e11d48'),
    text(404, first - 6, 'slowest to fastest run', { anchor: 'start', fill: ink }),
    line([560, first - 11], [590, first - 11], '#16a34a', '5 3'),
    text(598, first - 6, 'linear: replicas × one replica', { anchor: 'start', fill: ink }),
    ...cores.flatMap((one, i) => key(80 + i * 150, second, one)),
    text(
      80,
      886,
      'Under each column: what limits, by the CPU times of the processes in the median run.',
      {
        anchor: 'start',
        fill: faint,
        size: 12,
      },
    ),
  ];
}

function key(x: number, y: number, [name, colour]: [string, string]): string[] {
  return [
    box({ x, y: y - 17, width: 14, height: 14 }, colour),
    text(x + 20, y - 6, name, { anchor: 'start' }),
  ];
}
