import type { Command } from 'commander';
import type { User } from '../domain/people.ts';
import { effectivePolicy } from '../domain/policy.ts';
import { minute } from '../domain/time.ts';
import { resetFactors } from '../domain/users/change-factors.ts';
import { createPass } from '../domain/users/recovery.ts';
import { unlockUser } from '../domain/users/unlock-user.ts';
import { presentUser } from '../http/schemas/user-schema.ts';
import {
  type Cli,
  type Report,
  readId,
  type Surroundings,
  UsageError,
  wholeNumber,
  withExamples,
} from './command.ts';
import { type Work, withParts } from './parts.ts';
import { userLines } from './user-lines.ts';

type Given = { test?: true; yes?: true; minutes: number };
type Run = (key: Key, given: Given, around: Surroundings) => Promise<Report>;

/** The organization as it was typed. */
type Key = { organizationId: string; userId: string };

export function addUsers(program: Command, cli: Cli): void {
  const users = program.command('users').description('what is set up for a user, and help for one');
  const add = (name: string, description: string, run: Run) =>
    addCommand(users, cli, { name, description, run });
  withExamples(add('show', 'factors, devices, locks and policy', showUser), 'users show acme 42');
  withExamples(
    add('unlock', 'lift a lock: clears wrong guesses, counted codes and denials', unlock),
    'users unlock acme 42',
  );
  withExamples(
    add(
      'reset',
      'remove all factors and devices; the user sets up new ones at the next login',
      reset,
    ).option('--yes', 'do not ask first; needed where there is no terminal'),
    'users reset acme 42',
    'users reset acme 42 --yes --json',
  );
  withExamples(
    add('pass', 'make a pass for someone who lost their phone; it is shown this once', pass).option(
      '--minutes <N>',
      'how long it is good, 5 to 1440',
      wholeNumber(5, 1440),
      60,
    ),
    'users pass acme 42 --minutes 30',
  );
}

function addCommand(
  users: Command,
  { around, reports }: Cli,
  { name, description, run }: { name: string; description: string; run: Run },
): Command {
  return users
    .command(name)
    .description(description)
    .argument('<ORGANIZATION>', 'its id', readId)
    .argument('<USER>', 'the id of the user', readId)
    .option('--test', 'the user of test mode')
    .action(
      reports((organizationId: string, userId: string, given: Given) =>
        run({ organizationId, userId }, given, around),
      ),
    );
}

const showUser: Run = (key, given, around) =>
  withParts(around, given, async (work) => {
    const user = await load(key, work);
    const codes = await work.deps.recoverySecrets.countCodes(user);
    const shown = presentUser(user, effectivePolicy(user), codes);
    const json = {
      ...shown,
      organizationId: key.organizationId,
      mode: work.mode,
      seen: user.known,
    };
    return { lines: userLines(json), json };
  });

const unlock: Run = (key, given, around) =>
  withParts(around, { ...given, needsStore: true }, async (work) => {
    const user = await loadKnown(key, work);
    await unlockUser(work.deps, user, work.caller);
    const line = `${nameOf(key)} is unlocked: wrong guesses, counted codes and denials are cleared`;
    return { lines: [line], json: { unlocked: key, mode: work.mode } };
  });

const reset: Run = async (key, given, around) => {
  if (!given.yes) await confirmReset(key, around);
  return withParts(around, { ...given, needsStore: true }, async (work) => {
    const user = await loadKnown(key, work);
    await resetFactors(work.deps, user, work.caller);
    const removed = user.factors.length;
    const line = `${nameOf(key)} has no factors any more: ${removed} were removed`;
    return { lines: [line], json: { reset: key, mode: work.mode, removed } };
  });
};

async function confirmReset(key: Key, { confirm }: Surroundings): Promise<void> {
  const question = `Remove all factors and devices of ${nameOf(key)}? A password alone then sets up new ones.`;
  const answer = await confirm(question);
  if (answer === null) throw new UsageError('without a terminal, reset needs --yes');
  if (!answer) throw new Error('nothing was changed');
}

const pass: Run = (key, given, around) =>
  withParts(around, given, async (work) => {
    const user = await load(key, work);
    const { minutes } = given;
    const made = await createPass(work.deps, user, minutes * minute, work.caller);
    const seen = user.known ? '' : ', who has not been seen yet';
    return {
      lines: [
        `The pass of ${nameOf(key)}${seen}, good once until ${made.expiresAt.toISOString()}; it is shown this once:`,
        made.pass,
      ],
      json: { ...key, mode: work.mode, seen: user.known, ...made },
    };
  });

async function load({ organizationId, userId }: Key, { deps, stored }: Work): Promise<User> {
  const user = await deps.users.load({ organizationId: stored(organizationId), userId });
  if (!user.organization) throw new Error(`${organizationId} is no organization: see orgs list`);
  return user;
}

/** A misspelt id must not look as if somebody had been helped. */
async function loadKnown(key: Key, work: Work): Promise<User> {
  const user = await load(key, work);
  if (!user.known) throw new Error(`${key.organizationId} has no user ${key.userId}`);
  return user;
}

function nameOf({ organizationId, userId }: Key): string {
  return `${userId} of ${organizationId}`;
}
