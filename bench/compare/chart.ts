import { rounded, type Spread } from '../shared/statistics.ts';
import { type Box, box, drawing, faint, line, text } from '../shared/svg.ts';
import type { Report, ServerReport } from './report.ts';

type Panel = {
  title: string;
  unit: string;
  digits: number;
  of(server: ServerReport): Spread | null | undefined;
};

const at = (inFlight: number) => (server: ServerReport) =>
  server.logins.find((one) => one.inFlight === inFlight);

const panels: Panel[] = [
  {
    title: 'CPU of the server for 1,000 logins, 32 in flight',
    unit: 's',
    digits: 2,
    of: (server) => at(32)(server)?.cpu.server,
  },
  {
    title: 'One login at a time, p50',
    unit: 'ms',
    digits: 1,
    of: (server) => at(1)(server)?.p50,
  },
  {
    title: 'From the start to the first good answer',
    unit: 'ms',
    digits: 0,
    of: ({ start, imageStart }) => (imageStart ?? start)?.ms,
  },
  {
    title: 'Memory, idle',
    unit: 'MiB',
    digits: 0,
    of: ({ start, imageStart }) => (imageStart ?? start)?.idleMiB,
  },
];

const width = 1_060;
const rowHeight = 26;
const colours: Record<string, string> = { Doublecheck: '#2563eb', before: '#94a3b8' };
const others = '#cbd5e1';

/** Four panels, with a bar for the median of each server and a line for its spread. */
export function chart({ servers }: Report): string {
  const panelHeight = servers.length * rowHeight + 60;
  const parts = panels.flatMap((panel, index) => {
    const x = index % 2 === 0 ? 110 : 650;
    const y = 70 + Math.floor(index / 2) * panelHeight;
    const area = { x, y, width: 300, height: servers.length * rowHeight };
    return panelOf(panel, servers, area);
  });
  const title = text(20, 30, 'What a login costs', { size: 20, weight: 600, anchor: 'start' });
  const height = 70 + 2 * panelHeight;
  return drawing('What a login costs, by server', { width, height }, [title, ...parts]);
}

function panelOf({ title, unit, digits, of }: Panel, servers: ServerReport[], area: Box): string[] {
  const spreads = servers.map((server) => of(server) ?? null);
  const max = Math.max(...spreads.map((spread) => spread?.max ?? 0));
  const x = (value: number) => area.x + (area.width * value) / max;
  const rows = servers.flatMap(({ name }, index) => {
    const spread = spreads[index];
    const y = area.y + index * rowHeight;
    const label = text(area.x - 8, y + 14, name, { anchor: 'end', size: 12 });
    if (!spread) return [label];
    const { median, min, max: most } = spread;
    const words = `${rounded(median, digits)} ${unit}`;
    return [
      label,
      box({ x: area.x, y, width: x(median) - area.x, height: 18 }, colours[name] ?? others),
      line([x(min), y + 9], [x(most), y + 9], '#e11d48'),
      text(x(most) + 8, y + 14, words, { anchor: 'start', size: 12, weight: 600 }),
    ];
  });
  const heading = text(area.x - 90, area.y - 14, title, { anchor: 'start', fill: faint });
  return [heading, ...rows];
}
