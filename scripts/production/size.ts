import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** The tree of production is 83 MB. An update of a package may make it somewhat larger, not twice. */
export const maxTreeMegabytes = 110;

/** A started replica has 126 MB with the SDKs of the providers loaded. */
export const maxIdleMegabytes = 150;

/** What a folder takes on the disk. */
export function treeMegabytes(folder: string): number {
  const [kilobytes] = execFileSync('du', ['-sk', folder], { encoding: 'utf8' }).split('\t');
  return Math.round(Number(kilobytes) / 1024);
}

/** The memory that a process has now. */
export function memoryMegabytes(pid: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}
