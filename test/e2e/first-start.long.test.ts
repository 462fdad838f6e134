/** What a newcomer sees, from npm start to the first line that they can use. */
import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { freePort } from '../support/server-process.ts';
import { emptyFolder, root, run, slowWorkMs } from './program.ts';

jest.setTimeout(2 * slowWorkMs);

const { folder, remove } = emptyFolder();
afterAll(remove);
for (const name of ['package.json', 'src', 'scripts', 'node_modules', 'prisma'])
  symlinkSync(join(root, name), join(folder, name));

const npm = (...args: string[]) => run('npm', args, { cwd: folder });

test('a first start says what it does, then where it listens', async () => {
  const env = { PORT: String(await freePort()), LOG_LEVEL: 'info' };
  const service = run('npm', ['--silent', 'start'], { cwd: folder, env });
  await service.until(/\$RANDOM/);
  expect(service.errors).toBe('');
  const lines = service.output.split('\n').filter((line) => !/INFO: Server listening/.test(line));
  expect(lines.slice(0, 5)).toEqual([
    'Making, once, which takes some seconds: the embedded PostgreSQL in .data/',
    '',
    `Try it: open http://127.0.0.1:${env.PORT}/try in a browser`,
    '',
    `Doublecheck listens on http://127.0.0.1:${env.PORT}`,
  ]);
  expect(existsSync(join(folder, '.data'))).toBe(true);
  await service.stop();
});

describe.each([['start'], ['run', 'cli'], ['exec', 'doublecheck']])('npm %s %s', (...command) => {
  const words = command.filter(Boolean);
  const wrongUsage = words[0] === 'start' ? 1 : 2;

  test('says its version', async () => {
    const program = npm('--silent', ...words, '--', '--version');
    expect([await program.exit, program.output]).toEqual([0, '0.1.0\n']);
  });

  test('explains itself', async () => {
    const program = npm('--silent', ...words, '--', '--help');
    expect(await program.exit).toBe(0);
    expect(program.output).toMatch(/doublecheck /);
    expect(program.errors).toBe('');
  });

  test('refuses what it does not know, in one line that says where to look', async () => {
    const program = npm('--silent', ...words, '--', '--frobnicate');
    expect(await program.exit).toBe(wrongUsage);
    expect(program.errors).toMatch(/^doublecheck: .*\n/);
  });
});
