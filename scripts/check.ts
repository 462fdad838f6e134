/**
 * Runs every `check:…` script of package.json, all at the same time: `npm run check`. Prints nothing
 * when all of them pass. Prints the output of those that fail, and then exits with 1.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

type Result = { name: string; passed: boolean; output: string };

function checkCommands(): [name: string, command: string][] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return Object.entries<string>(scripts).filter(([name]) => name.startsWith('check:'));
}

async function runCheck([name, command]: [string, string]): Promise<Result> {
  const child = spawn(command, { cwd: root, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise((resolve) => child.once('close', resolve));
  return { name, passed: code === 0, output };
}

// npm puts the tools of node_modules on the path. Started without npm, this does it.
process.env['PATH'] = `${join(root, 'node_modules/.bin')}:${process.env['PATH']}`;

const results = await Promise.all(checkCommands().map(runCheck));
for (const { name, output } of results.filter(({ passed }) => !passed)) {
  process.stdout.write(`== npm run ${name}\n${output.trim()}\n\n`);
  process.exitCode = 1;
}
