import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { root } from './doublecheck.ts';

/** The service before the work on its speed began. */
export const baseline = '465c938';

const run = promisify(execFile);

/**
 * The folder of another checkout, ready to run.
 *
 * @param named a folder, or a commit, which is unpacked the first time. Outside of this checkout: its tools would find it.
 */
export async function checkoutOf(named: string): Promise<string> {
  if (existsSync(named)) return resolve(named);
  const folder = join(tmpdir(), 'doublecheck-checkouts', named);
  if (existsSync(folder)) return folder;
  // Under its name only once it is complete.
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  const tar = join(part, 'checkout.tar');
  await run('git', ['archive', '--output', tar, named], { cwd: root });
  await run('tar', ['-xf', tar, '-C', part]);
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: part });
  renameSync(part, folder);
  return folder;
}
