import { bands, kinds, rowsFor } from './chart-bands.ts';
import { curves, type PlottedAnswer, plot, plotHeight } from './chart-plot.ts';
import { left, text, width } from './drawing.ts';
import type { History } from './history.ts';

/** One kind of Redis, and what happened on it. */
type Round = { redis: string; history: History };

const top = 96;
const gap = 40;

/** The timeline of each round, one below the other: what was broken when, and what was answered. */
export function chart(rounds: Round[]): string {
  let y = top;
  const panels = rounds.map((round) => {
    const { height, body } = panel(round);
    const placed = `<g transform="translate(0 ${y})">${body}</g>`;
    y += height + gap;
    return placed;
  });
  const font = `font-family="'DejaVu Sans', Helvetica, Arial, sans-serif" font-size="12"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="What was broken, and what was answered" viewBox="0 0 ${width} ${y - 8}" ${font} fill="#222">
<rect width="100%" height="100%" fill="#fff"/>
${title(rounds)}
${legend()}
${panels.join('\n')}
</svg>
`;
}

function title(rounds: Round[]): string {
  const sum = (of: (history: History) => number) =>
    rounds.reduce((total, { history }) => total + of(history), 0);
  const requests = sum(({ calls }) => calls.flatMap(({ attempts }) => attempts).length);
  const faults = sum(({ faults: all }) => all.filter(({ kind }) => kind !== 'machine').length);
  const words = `${requests.toLocaleString('en')} requests, while ${faults} times something was broken`;
  return text(left, 34, words, 'font-size="18" font-weight="bold"');
}

function legend(): string {
  const items = [
    ...Object.values(kinds).map(({ name, colour }) => {
      const mark = `<rect y="-10" width="16" height="12" rx="2" fill="${colour}"/>`;
      return { name, mark };
    }),
    ...curves.map(({ name, colour }) => {
      return { name, mark: `<rect y="-6" width="16" height="5" fill="${colour}"/>` };
    }),
  ];
  let x = left;
  return items
    .map(({ name, mark }) => {
      const item = `<g transform="translate(${x} 64)">${mark}${text(22, 0, name)}</g>`;
      x += 48 + name.length * 7.4;
      return item;
    })
    .join('');
}

function panel({ redis, history }: Round): { height: number; body: string } {
  const from = Math.min(...history.calls.map(({ attempts: [first] }) => first?.startedAt ?? 0));
  const answers = answersIn(history, from);
  const faults = history.faults.map((fault) => {
    return { ...fault, from: (fault.from - from) / 1000, to: (fault.to - from) / 1000 };
  });
  const seconds = Math.ceil(
    Math.max(...[...answers, ...faults.map(({ to }) => ({ at: to }))].map((one) => one.at)),
  );
  const rows = rowsFor(faults, seconds);
  const { body, height } = bands(rows, { seconds, plotHeight });
  const below = `<g transform="translate(0 ${height})">${plot(answers, seconds)}</g>`;
  const heading = text(left, 0, `Redis: ${redis}`, 'font-size="14" font-weight="bold"');
  return { height: height + plotHeight + 40, body: `${heading}${body}${below}` };
}

function answersIn({ calls }: History, from: number): PlottedAnswer[] {
  return calls.flatMap(({ attempts }) =>
    attempts.map(({ endedAt, answer }) => {
      return { at: (endedAt - from) / 1000, status: answer?.status ?? null };
    }),
  );
}
