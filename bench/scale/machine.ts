import { cpus, release, totalmem } from 'node:os';
import type { Bench } from './bench.ts';

export type Machine = {
  at: string;
  cores: number;
  processor: string;
  memoryGiB: number;
  versions: Record<string, string>;
};

export async function describeMachine({ admin, deployments }: Bench): Promise<Machine> {
  const infos = deployments.flatMap(({ servers }) =>
    servers.map((server) => server.info('server')),
  );
  const [info = ''] = await Promise.all(infos);
  const { rows } = await admin.query('SHOW server_version');
  return {
    at: new Date().toISOString(),
    cores: cpus().length,
    processor: cpus()[0]?.model ?? '',
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    versions: {
      node: process.versions.node,
      redis: /redis_version:(\S+)/.exec(info)?.[1] ?? '',
      postgres: rows[0].server_version.split(' ')[0],
      linux: release(),
    },
  };
}
