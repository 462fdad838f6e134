import { type Command, InvalidArgumentError } from 'commander';
import { type Cli, withExamples } from './command.ts';
import { reencryptRows } from './reencrypt-rows.ts';
import { addSecret, newSecret, promoteSecret } from './rotate-secrets.ts';
import { tellUse } from './secret-use.ts';

const steps = `
A rotation, with the service running:
  1. secrets rotate         a new secret, second: every replica learns to read it
  2. secrets promote KID    it comes first: every replica seals and signs with it
  3. secrets reencrypt      every row goes under it
  4. take the old secret out of SECRETS two hours later
Restart every replica after 1, 2 and 4. secrets status tells where you are.`;

export function addSecrets(program: Command, cli: Cli): void {
  const secrets = program
    .command('secrets')
    .description('the secrets that tokens are signed and rows are sealed with')
    .addHelpText('after', steps);
  addMakers(secrets, cli);
  addRows(secrets, cli);
}

function addMakers(secrets: Command, { reports }: Cli): void {
  withExamples(
    secrets
      .command('new')
      .description('print a new secret for SECRETS')
      .option('--kid <NAME>', 'its name; without it, the day of today', readKid)
      .action(reports(newSecret)),
    'secrets new',
    'secrets new --kid k2',
  );
  withExamples(
    secrets
      .command('rotate')
      .description('add a new secret to SECRETS, second, and say what to do next')
      .option('--kid <NAME>', 'its name; without it, the day of today', readKid)
      .option('--at-once', 'first: only where one replica runs, for the others could not read it')
      .option('--print', 'print SECRETS instead of writing the file that SECRETS_FILE names')
      .action(reports(addSecret)),
    'secrets rotate',
    'secrets rotate --print',
  );
  withExamples(
    secrets
      .command('promote')
      .description('put a secret of SECRETS first, and say what to do next')
      .argument('<KID>', 'its name')
      .option('--print', 'print SECRETS instead of writing the file that SECRETS_FILE names')
      .action(reports(promoteSecret)),
    'secrets promote k20270301',
  );
}

function addRows(secrets: Command, { around, reports }: Cli): void {
  secrets
    .command('reencrypt')
    .description(
      `seal every row again under the first secret of SECRETS

The service goes on running. It may be stopped and started again: what is done stays done.`,
    )
    .summary('seal every row again under the first secret of SECRETS')
    .action(reports(() => reencryptRows(around)));
  secrets
    .command('status')
    .description('how many rows are under which secret, and which may leave SECRETS')
    .action(reports(() => tellUse(around)));
}

function readKid(name: string): string {
  if (/^[\w-]{1,32}$/.test(name)) return name;
  throw new InvalidArgumentError('It has letters, digits, dashes and underscores, 32 at most.');
}
