/** A secret of SECRETS is rotated in steps: read everywhere first, then used. */
import { mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { runCommand } from '../../src/cli/run-command.ts';
import { emptyFolder } from './program.ts';

const { folder, remove } = emptyFolder();
const file = join(folder, 'secrets');
const before = 'k1:7Yv0m3mYq0bZ1pYx9cQ2w4T6u8s0a2b4d6f8h0j2l4k';
const environment = { ...process.env };

beforeEach(() => {
  writeFileSync(file, `${before}\n`, { mode: 0o600 });
  process.env = { ...environment, SECRETS_FILE: file };
});
afterAll(() => {
  process.env = environment;
  remove();
});

async function refuse(): Promise<never> {
  throw new Error('nothing may be opened');
}

const opens = { openDatabase: refuse, openParts: refuse, confirm: refuse };
const secrets = (...args: string[]) =>
  runCommand(['secrets', ...args], { account: 'ann', progress() {}, ...opens });

const inFile = () => readFileSync(file, 'utf8').trim();
const kidsIn = (value: string) => value.split(',').map((one) => one.split(':')[0]);

test('rotate adds a secret second, promote puts it first; each says what to do next', async () => {
  const added = await secrets('rotate', '--kid', 'k2');
  expect(added).toEqual({
    exitCode: 0,
    errors: '',
    output: `k2 is second in ${file}: restart every replica, then run secrets promote k2\n`,
  });
  expect(inFile()).toMatch(new RegExp(`^${before},k2:[\\w-]{43}$`));
  const second = inFile().split(',')[1];
  const { output } = await secrets('promote', 'k2');
  expect(output).toBe(
    `k2 is first in ${file}: restart every replica, then run secrets reencrypt\n`,
  );
  expect(inFile()).toBe(`${second},${before}`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('where one replica runs, the new secret may come first at once', async () => {
  const { output } = await secrets('rotate', '--at-once', '--json');
  const [made] = kidsIn(inFile());
  expect(made).toMatch(/^k\d{8}$/);
  expect(kidsIn(inFile())).toEqual([made, 'k1']);
  expect(JSON.parse(output)).toEqual({ kids: [made, 'k1'], file, next: 'secrets reencrypt' });
});

test('a second rotation on one day has a name of its own', async () => {
  await secrets('rotate');
  await secrets('rotate');
  const [, second, first] = kidsIn(inFile());
  expect(second).toBe(`${first}-2`);
});

test.each([['--print'], ['SECRETS']])(
  'with %s the value is on the last line, and no file changes',
  async (how) => {
    if (how === 'SECRETS') process.env = { ...environment, SECRETS: before };
    const { output } = await secrets('rotate', '--kid', 'k2', ...(how === 'SECRETS' ? [] : [how]));
    expect(output).toMatch(new RegExp(`^k2 is second: .*\\n${before},k2:[\\w-]{43}\\n$`));
    expect(inFile()).toBe(before);
  },
);

test('a link is kept, and what it leads to is replaced', async () => {
  const link = join(folder, 'link');
  symlinkSync(file, link);
  process.env['SECRETS_FILE'] = link;
  await secrets('rotate', '--kid', 'k2');
  expect(kidsIn(inFile())).toEqual(['k1', 'k2']);
});

test('what cannot be done leaves the file as it is', async () => {
  expect((await secrets('rotate', '--kid', 'k1')).exitCode).toBe(2);
  expect((await secrets('promote', 'k9')).errors).toBe('doublecheck: SECRETS has no k9, but k1\n');
  const full = join(folder, 'full');
  mkdirSync(`${full}.new`, { recursive: true });
  writeFileSync(full, before);
  process.env['SECRETS_FILE'] = full;
  const refused = await secrets('rotate');
  expect(refused).toMatchObject({ exitCode: 1, errors: expect.stringMatching(/use --print/) });
  expect(readFileSync(full, 'utf8')).toBe(before);
});
