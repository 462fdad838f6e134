import { Command, type OutputConfiguration } from 'commander';
import { readVersion } from '../process/version.ts';
import { addClients } from './clients.ts';
import { type Cli, withExamples } from './command.ts';
import { addDoctor } from './doctor.ts';
import { addMigrate } from './migrate.ts';
import { addOrgs } from './orgs.ts';
import { addSecrets } from './secrets.ts';
import { addUsers } from './users.ts';
import { addWebhooks } from './webhooks.ts';

const helpWidth = 100;

const exitCodes = `
Exit codes: 0 done, 1 failed, 2 wrong usage. With --json the output is one JSON object, and an error
is { "error", "exitCode" } on standard error.`;

const groups = [addOrgs, addUsers, addClients, addWebhooks, addSecrets, addMigrate, addDoctor];

type Output = Pick<OutputConfiguration, 'writeOut' | 'writeErr'>;

/** The command line, for one command: nothing of one is left for the next. */
export function createProgram(cli: Cli, output: Output): Command {
  const program = withExamples(
    new Command('doublecheck')
      .description('Runs and looks after Doublecheck. The settings are those of the service.')
      .version(readVersion(), '--version', 'print the version')
      .option('--json', 'print one JSON object')
      .helpOption('-h, --help', 'explain a command')
      .addHelpText('after', exitCodes)
      .configureHelp({ showGlobalOptions: true })
      .exitOverride()
      .configureOutput({
        ...output,
        outputError: (text, write) => write(text.replace(/^error: /, 'doublecheck: ')),
        getOutHelpWidth: () => helpWidth,
        getErrHelpWidth: () => helpWidth,
        getOutHasColors: () => false,
        getErrHasColors: () => false,
      }),
    'doctor',
    'clients create company-panel --scopes challenges,users',
    'clients create --help',
  );
  for (const add of groups) add(program, cli);
  for (const command of commandsOf(program)) command.showHelpAfterError(usageOf(command));
  return program;
}

function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

function usageOf(command: Command): string {
  const name = nameOf(command);
  return `usage: ${name} ${command.usage()}\nSee ${name} --help`;
}

function nameOf(command: Command): string {
  return command.parent ? `${nameOf(command.parent)} ${command.name()}` : command.name();
}
