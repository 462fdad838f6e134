import { drawing, faint, line, text } from '../../bench/shared/svg.ts';
import type { Line, Span } from './prometheus.ts';

export type Panel = { title: string; unit: string; lines: Line[] };

const width = 400;
const height = 230;
const columns = 3;
const plot = { left: 58, right: 14, top: 36, bottom: 56 };
const colours = ['#2563eb', '#16a34a', '#ea580c', '#9333ea', '#dc2626', '#0891b2', '#ca8a04'];

/** All panels, each with its lines, its names and the largest value. */
export function drawPanels(panels: readonly Panel[], span: Span): string {
  const rows = Math.ceil(panels.length / columns);
  const parts = panels.flatMap((panel, index) => {
    const x = (index % columns) * width;
    const y = Math.floor(index / columns) * height;
    return [`<g transform="translate(${x} ${y})">`, ...drawPanel(panel, span), '</g>'];
  });
  const size = { width: columns * width, height: rows * height };
  return drawing('The dashboard while people sign in', size, parts);
}

function drawPanel({ title, unit, lines }: Panel, span: Span): string[] {
  const shown = lines.filter(({ points }) => points.some(([, value]) => Number.isFinite(value)));
  const values = shown.flatMap(({ points }) => points.map(([, value]) => value));
  const top = Math.max(...values.filter(Number.isFinite), 0) || 1;
  const bottom = height - plot.bottom;
  return [
    text(plot.left, 22, title, { anchor: 'start', weight: 600, size: 13 }),
    line([plot.left, bottom], [width - plot.right, bottom]),
    line([plot.left, plot.top], [width - plot.right, plot.top], '#e2e8f0'),
    text(plot.left - 6, plot.top + 4, inWords(top, unit), { anchor: 'end', size: 11, fill: faint }),
    text(plot.left - 6, bottom + 4, '0', { anchor: 'end', size: 11, fill: faint }),
    ...shown.map((one, index) => curve(one, span, top, colours[index % colours.length] ?? '')),
    ...legend(shown),
  ];
}

function curve({ points }: Line, { from, to }: Span, top: number, colour: string): string {
  const across = width - plot.left - plot.right;
  const down = height - plot.top - plot.bottom;
  const at = points
    .filter(([, value]) => Number.isFinite(value))
    .map(([seconds, value]) => {
      const x = plot.left + (across * (seconds - from)) / (to - from);
      const y = plot.top + down * (1 - value / top);
      return `${x.toFixed(1)},${y.toFixed(1)}`;
    });
  return `<polyline points="${at.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
}

function legend(lines: readonly Line[]): string[] {
  let x = plot.left;
  let y = height - plot.bottom + 18;
  return lines.map(({ name }, index) => {
    const wide = 7 * name.length + 16;
    if (x + wide > width) {
      x = plot.left;
      y += 15;
    }
    const fill = colours[index % colours.length] ?? faint;
    const words = text(x, y, `● ${name}`, { anchor: 'start', size: 11, fill });
    x += wide;
    return words;
  });
}

function inWords(value: number, unit: string): string {
  if (unit === 's') return value < 1 ? `${Math.round(value * 1_000)} ms` : `${value.toFixed(1)} s`;
  if (unit === 'percentunit') return `${Math.round(value * 100)} %`;
  return value < 10 ? value.toFixed(1) : String(Math.round(value));
}
