import { readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { checkDisk } from './doctor/disk.ts';
import type { Finding } from './doctor/finding.ts';
import { checkPostgres } from './doctor/postgres.ts';
import { checkGoogle, checkTwilio } from './doctor/providers.ts';
import { checkRedis } from './doctor/redis.ts';
import { checkNode, checkSettings, settingsOrNull } from './doctor/settings.ts';

/** Something has to be mended. The lines above say what. */
class NotWell extends Error {}

export const doctor: Command = {
  usage: '[--json]',
  help: `Checks the settings and all that they lead to, without placing a call, and says in one line each what
to do: versions, rights, migrations, eviction, clocks, TLS, credentials of the providers, free disk.
Ends with 1 when something has to be mended.
--json  as a JSON array of { well, line }`,
  async run(args, around) {
    const { json } = readArguments(args, { flags: ['json'] });
    const findings = await examine();
    if (json) around.print(JSON.stringify(findings));
    else for (const { well, line } of findings) around.print(`${well ? '✔' : '✘'} ${line}`);
    const ill = findings.filter(({ well }) => !well).length;
    if (ill > 0) throw new NotWell(`${ill} of ${findings.length} checks found something to mend`);
  },
};

async function examine(): Promise<Finding[]> {
  const config = settingsOrNull();
  const first = [checkNode(), ...checkSettings()];
  if (!config) return first;
  const checks = [checkPostgres, checkRedis, checkTwilio, checkGoogle, checkDisk];
  const rest = await Promise.all(checks.map((check) => check(config)));
  return [...first, ...rest.flat()];
}
