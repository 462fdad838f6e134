import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { root } from './doublecheck.ts';

/** The service before the work on its speed began. */
export const baseline = '465c938';

const run = promisify(execFile);

/**
 * The folder of another checkout, ready to run.
 *
 * @param named a folder, or a commit, which is unpacked under `.data` the first time.
 */
export async function checkoutOf(named: string): Promise<string> {
  if (existsSync(named)) return resolve(named);
  const folder = join(root, '.data/bench', named);
  if (existsSync(join(folder, 'node_modules'))) return folder;
  mkdirSync(folder, { recursive: true });
  const tar = `${folder}.tar`;
  await run('git', ['archive', '--output', tar, named], { cwd: root });
  await run('tar', ['-xf', tar, '-C', folder]);
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
  return folder;
}
