import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { installPackages, mayInstall } from '../../test/support/apt.ts';

export const root = join(import.meta.dirname, '../..');

/** A package of its own, with its own lock. */
export const toolsFolder = join(root, 'deploy/checks');

export const requireTool = createRequire(join(toolsFolder, 'package.json'));

/** What a program prints. @throws with its words when it fails. */
export function output(program: string, args: string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', cwd: root, stdio: 'pipe' });
  } catch (cause) {
    const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${args.join(' ')}\n${stdout}${stderr}`, { cause });
  }
}

/** Whether a program is there, also after an attempt to install its package of Debian. */
export function installed(program: string, ...packages: string[]): boolean {
  if (isInstalled(program)) return true;
  if (!mayInstall()) return false;
  try {
    installPackages(...packages);
  } catch {
    return false;
  }
  return isInstalled(program);
}

/** Whether a program is there now. */
export function isInstalled(program: string): boolean {
  return succeeds('sh', ['-c', `command -v ${program}`]);
}

export function succeeds(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
