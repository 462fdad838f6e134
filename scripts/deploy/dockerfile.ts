import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireTool, root } from './tools.ts';

/** Deprecated or wrong instructions, and the promises that a linter does not know. */
export function checkDockerfile(): string {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const { validate } = requireTool('dockerfile-utils');
  const found: { message: string; range: { start: { line: number } } }[] = validate(text);
  const lines = found.map(({ message, range }) => `Dockerfile:${range.start.line + 1}: ${message}`);
  if (!/^USER [1-9]\d*:[1-9]\d*$/m.test(text)) lines.push('Dockerfile: it runs as root');
  if (!/health\/live/.test(text)) lines.push('Dockerfile: HEALTHCHECK does not ask for liveness');
  if (lines.length > 0) throw new Error(lines.join('\n'));
  return 'the Dockerfile has no finding, is not root, and its health check asks for liveness';
}
