import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** Of two programs that install at once, one would be refused. */
const lock = '/run/lock/doublecheck-apt';

/** Whether packages of Debian can be installed here. */
export function mayInstall(): boolean {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Installs packages of Debian, and starts no server in them. @throws when apt-get fails. */
export function installPackages(...packages: string[]): void {
  withoutStartingServices(() => {
    aptGet(['update']);
    aptGet(['install', '--yes', '--no-install-recommends', ...packages]);
  });
}

function aptGet(args: string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    execFileSync('flock', [lock, 'apt-get', ...args], { env, stdio: 'pipe' });
  } catch (cause) {
    throw new Error(`apt-get ${args.join(' ')} failed; install it by hand.`, { cause });
  }
}

/** Debian starts what it installs, unless this file says no: nothing may hold the usual ports. */
function withoutStartingServices(work: () => void) {
  const veto = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(veto);
  if (ours) writeFileSync(veto, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    work();
  } finally {
    if (ours) rmSync(veto, { force: true });
  }
}
