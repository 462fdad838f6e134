import type { Command } from 'commander';
import { type Cli, type Report, withExamples } from './command.ts';
import { checkDisk } from './doctor/disk.ts';
import type { Finding } from './doctor/finding.ts';
import { checkPostgres } from './doctor/postgres.ts';
import { checkGoogle, checkTwilio } from './doctor/providers.ts';
import { checkRedis } from './doctor/redis.ts';
import { checkNode, checkSettings, settingsOrNull } from './doctor/settings.ts';

export function addDoctor(program: Command, { reports }: Cli): void {
  withExamples(
    program
      .command('doctor')
      .description(
        `check the settings and all that they lead to, and say what to do

Settings, versions, rights, migrations, eviction, clocks, TLS, credentials of the providers, free
disk. It places no call. It ends with 1 when something has to be mended.`,
      )
      .summary('check the settings and all that they lead to, and say what to do')
      .action(reports(diagnose)),
    'doctor',
    'doctor --json',
  );
}

async function diagnose(): Promise<Report> {
  const findings = await examine();
  const ill = findings.filter(({ well }) => !well).length;
  const failure = `${ill} of ${findings.length} checks found something to mend`;
  return {
    lines: findings.map(({ well, line }) => `${well ? '✔' : '✘'} ${line}`),
    json: { findings },
    ...(ill > 0 && { failure }),
  };
}

async function examine(): Promise<Finding[]> {
  const config = settingsOrNull();
  const first = [checkNode(), ...checkSettings()];
  if (!config) return first;
  const checks = [checkPostgres, checkRedis, checkTwilio, checkGoogle, checkDisk];
  const rest: Finding[] = [];
  // In turn: while an SDK is loaded, another check would wait too long for its answer.
  for (const check of checks) rest.push(...(await check(config)));
  return [...first, ...rest];
}
