import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Config } from '../../config/config.ts';
import { dataFolder } from '../../process/development-defaults.ts';
import { type Finding, ill, well } from './finding.ts';

const needed = 500_000_000;

/** Only the embedded database is on this disk. */
export async function checkDisk({ DATABASE_URL: url }: Config): Promise<Finding[]> {
  if (url) return [];
  const { bavail, bsize } = await statfs(existsSync(dataFolder) ? dataFolder : '.');
  const free = Math.round((bavail * bsize) / 1_000_000);
  return [
    bavail * bsize >= needed
      ? well(`${free} MB are free for the embedded database`)
      : ill(`${free} MB are free for the embedded database: make room in ${dataFolder}`),
  ];
}
