/** The command line says what it can do, and what is wrong with a command, without doing anything. */
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../src/cli/program.ts';
import { runCommand } from '../../src/cli/run-command.ts';

const opens = { openDatabase: refuse, openParts: refuse, confirm: refuse };
const around = { account: 'ann', ...opens, progress() {} };

async function refuse(): Promise<never> {
  throw new Error('nothing may be opened');
}

const run = (...args: string[]) => runCommand(args, around);

/** The words of every command, groups too. */
function namesOf(command: Command): string[][] {
  const below = command.commands.flatMap(namesOf);
  return command.parent ? [[], ...below].map((words) => [command.name(), ...words]) : below;
}

const names = namesOf(createProgram({ around, reports: () => async () => {} }, {}));

test('every command is found', () => {
  expect(names.map((words) => words.join(' '))).toEqual(
    expect.arrayContaining(['doctor', 'migrate', 'clients', 'clients create', 'secrets new']),
  );
});

test.each(names)('%s %s explains itself', async (...words) => {
  const { exitCode, output, errors } = await run(...words.filter(Boolean), '--help');
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  const name = words.filter(Boolean).join(' ');
  expect(output).toMatch(new RegExp(`^Usage: doublecheck ${name} .*\\n\\n\\w`));
});

test('the help of the program names the exit codes and has examples', async () => {
  const { output } = await run('--help');
  expect(output).toMatch(/Exit codes: 0 done, 1 failed, 2 wrong usage/);
  expect(output).toMatch(/Examples:\n {2}doublecheck /);
});

const create = (...rest: string[]) => ['clients', 'create', 'panel', ...rest];
const mistakes: [what: string, args: string[], line: RegExp][] = [
  ['an unknown command', ['toString'], /unknown command 'toString'/],
  [
    'a misspelt command',
    ['clients', 'creat'],
    /unknown command 'creat'\n\(Did you mean create\?\)/,
  ],
  [
    'a name with capitals',
    ['clients', 'create', 'Panel', '--scopes', 'users'],
    /It has lower case/,
  ],
  ['no scopes', create(), /required option '--scopes <LIST>' not specified/],
  ['an unknown scope', create('--scopes', 'root'), /"root" is no scope/],
  ['an unknown option', create('--scopes', 'users', '--scope', 'a'), /unknown option '--scope'/],
  ['an option without value', create('--scopes'), /'--scopes <LIST>' argument missing/],
  ['a list with a space', create('--scopes', 'challenges,', 'users'), /"" is no scope/],
  ['a word too many', create('--scopes', 'users', 'admin'), /too many arguments/],
  ['an unknown scope in a list', create('--scopes', 'users,root'), /"root" is no scope/],
  ['no organization', create('--scopes', 'users', '--organizations', ''), /"" is no id/],
  ['a bad id', create('--scopes', 'users', '--organizations', 'acme,..'), /"\.\." is no id/],
  ['no name', ['clients', 'create', '--scopes', 'users'], /missing required argument 'NAME'/],
  ['no id', ['clients', 'revoke'], /missing required argument 'ID'/],
  ['words after a list', ['clients', 'list', 'all'], /too many arguments/],
  ['an option of no command', ['clients', 'list', '--yaml'], /unknown option '--yaml'/],
  ['words after migrate', ['migrate', 'now'], /too many arguments/],
  ['an address that is none', ['webhooks', 'set', 'panel', 'nowhere'], /URL is an https:/],
  ['a fragment', ['clients', 'allow-return', 'panel', 'https://a.example/#b'], /no fragment/],
  ['a path', ['clients', 'allow-frame', 'panel', 'https://a.example/b'], /ORIGIN is an origin/],
  ['nothing to set', ['orgs', 'set', 'acme'], /nothing to set is given/],
  ['an unknown policy', ['orgs', 'set', 'a', '--policy', 'on'], /--policy must be equal to one/],
  [
    'a day without a time',
    ['orgs', 'set', 'a', '--mandatory-from', '2027-03-01'],
    /--mandatory-from/,
  ],
  [
    'a country that is none',
    ['orgs', 'set', 'a', '--country', 'UK'],
    /--country must be an ISO 3166/,
  ],
  [
    'too many days',
    ['orgs', 'set', 'a', '--known-device-days', '91'],
    /--known-device-days must be/,
  ],
  ['a policy by default', ['orgs', 'set', 'a', '--policy', 'default'], /--policy must be/],
  ['a bad id of a user', ['users', 'show', 'acme', ' 42'], /It is 1 to 128 printable characters/],
  ['too long a pass', ['users', 'pass', 'acme', '42', '--minutes', '1441'], /from 5 to 1440/],
  ['a bad kid', ['secrets', 'new', '--kid', 'k 2'], /letters, digits, dashes/],
];

describe('a mistake ends with 2', () => {
  test.each(mistakes)(
    '%s: what it is, the usage, and where to read on',
    async (_what, args, line) => {
      const { exitCode, output, errors } = await run(...args);
      expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
      expect(errors).toMatch(line);
      expect(errors).toMatch(
        /^doublecheck: .*(\n\(Did .*)?\nusage: doublecheck.*\nSee doublecheck.* --help\n$/,
      );
    },
  );

  test.each(mistakes)('%s, with --json: one object', async (_what, args) => {
    const { exitCode, output, errors } = await run(...args, '--json');
    expect({ exitCode, output }).toEqual({ exitCode: 2, output: '' });
    expect(JSON.parse(errors)).toEqual({ error: expect.any(String), exitCode: 2 });
  });

  test.each([[[]], [['clients']]])('no command: %j shows what there is', async (args) => {
    const { exitCode, errors } = await run(...args);
    expect(exitCode).toBe(2);
    expect(errors).toMatch(/^Usage: doublecheck .*Commands:/s);
  });
});

test('what fails ends with 1, in one line or one object', async () => {
  expect(await run('clients', 'list')).toEqual({
    exitCode: 1,
    output: '',
    errors: 'doublecheck: nothing may be opened\n',
  });
  const { errors } = await run('--json', 'clients', 'list');
  expect(JSON.parse(errors)).toEqual({ error: 'nothing may be opened', exitCode: 1 });
});

test('a list that is given twice counts as one', async () => {
  const { errors } = await run(...create('--scopes', 'users', '--scopes', 'root'));
  expect(errors).toMatch(/"root" is no scope/);
});

test('a new secret is of the form that SECRETS takes, and never the same', async () => {
  const [one, other] = [await run('secrets', 'new'), await run('secrets', 'new')];
  expect(one.output).toMatch(/^k\d{8}:[\w-]{43}\n$/);
  expect(one.output).not.toBe(other.output);
  const { output } = await run('secrets', 'new', '--kid', 'k2', '--json');
  expect(JSON.parse(output)).toEqual({ kid: 'k2', secret: expect.stringMatching(/^k2:/) });
});
