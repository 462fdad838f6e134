import { cpus, release, totalmem } from 'node:os';
import type { Redis } from 'ioredis';
import type { Client } from 'pg';

export type Machine = {
  cores: number;
  processor: string;
  memoryGiB: number;
  versions: Record<string, string>;
};

export async function describeMachine(redis: Redis, postgres: Client): Promise<Machine> {
  const info = await redis.info('server');
  const { rows } = await postgres.query('SHOW server_version');
  return {
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
