import { box, drawing, faint, text } from '../shared/svg.ts';
import type { Frame } from './frames.ts';

const width = 1_200;
const rowHeight = 17;
const top = 60;

/** Of all the time. What is narrower cannot be seen. */
const minShare = 0.003;

const charWidth = 6.2;

const colours: [RegExp, string][] = [
  [/^Doublecheck$/, '#60a5fa'],
  [/^Node$/, '#cbd5e1'],
  [/^garbage collection$|^outside/, '#e2e8f0'],
  [/prisma/, '#c4b5fd'],
  [/^pg/, '#5eead4'],
  [/redis/, '#fca5a5'],
  [/fastify|find-my-way|light-my|avvio|ajv/, '#fcd34d'],
  [/pino|sonic|thread-stream/, '#fdba74'],
];

const colourOf = (owner: string) => colours.find(([names]) => names.test(owner))?.[1] ?? '#d9f99d';

/** Draws what called what: the wider, the more time. What is called stands below. */
export function flameGraph(title: string, root: Frame): string {
  const parts: string[] = [];
  let depth = 0;
  const draw = (frame: Frame, x: number, row: number) => {
    if (frame.total < minShare) return;
    depth = Math.max(depth, row);
    parts.push(...boxOf(frame, x, row));
    let left = x;
    for (const below of [...frame.below].sort((a, b) => b.total - a.total)) {
      draw(below, left, row + 1);
      left += below.total * width;
    }
  };
  draw(root, 0, 0);
  const label = text(10, 24, title, { anchor: 'start', size: 16, weight: 600 });
  const height = top + (depth + 1) * rowHeight + 10;
  return drawing(title, { width, height }, [label, ...legend(), ...parts]);
}

function boxOf({ name, owner, total }: Frame, x: number, row: number): string[] {
  const y = top + row * rowHeight;
  const area = { x, y, width: total * width - 0.5, height: rowHeight - 1 };
  const words = `${name} ${(total * 100).toFixed(1)} %`;
  const fitting = [words, name].find((one) => one.length * charWidth < area.width - 4);
  const label = fitting && text(x + 3, y + 12, fitting, { anchor: 'start', size: 10 });
  return [box(area, colourOf(owner)), ...(label ? [label] : [])];
}

function legend(): string[] {
  const names = ['Doublecheck', 'Node', 'fastify', 'ioredis', 'pg', 'prisma', 'pino', 'others'];
  return names.flatMap((name, index) => {
    const x = 10 + index * 110;
    const words = text(x + 17, 46, name, { anchor: 'start', size: 12, fill: faint });
    return [box({ x, y: 36, width: 12, height: 12 }, colourOf(name)), words];
  });
}
