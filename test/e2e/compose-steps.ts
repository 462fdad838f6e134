import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { binary } from '../support/binaries.ts';
import { freePort, type Server, startProcess, temporaryFolder } from '../support/server-process.ts';
import { createDatabase, startPostgres } from '../support/servers.ts';
import { root } from './program.ts';

type Service = {
  command?: string[];
  environment: Record<string, string>;
  secrets: string[];
  depends_on: Record<string, { condition: string }>;
};
type Compose = { services: Record<string, Service>; secrets: Record<string, { file: string }> };

export const compose: Compose = parse(readFileSync(join(root, 'compose.yaml'), 'utf8'), {
  merge: true,
});

export const serviceOf = (name: string) => compose.services[name] as Service;

/** Runs the script that writes the secrets. @param folder has to be new. */
export function makeSecrets(folder: string): void {
  execFileSync(join(root, 'deploy/compose/make-secrets.sh'), [folder], { stdio: 'pipe' });
}

/** Redis and PostgreSQL on ports of their own, without containers. The secrets then lead to them. */
export async function startStores(secrets: string): Promise<Pick<Server, 'stop'>> {
  const [redis, postgres] = await Promise.all([startRedisOf(secrets), startPostgres()]);
  await createDatabase(postgres.url, 'doublecheck');
  moveTo(secrets, { database_url: postgres.url, redis_url: `redis://127.0.0.1:${redis.port}` });
  return {
    async stop() {
      await Promise.all([redis.stop(), postgres.stop()]);
    },
  };
}

/** The environment of a service, with the secrets in this folder. */
export function environmentOf(name: string, secrets: string): Record<string, string> {
  const values = Object.entries(serviceOf(name).environment).map(([key, value]) => [
    key,
    inFolder(value.replace(/\$\{\w+:-(.*)\}/, '$1'), secrets),
  ]);
  return Object.fromEntries(values);
}

async function startRedisOf(secrets: string) {
  const port = await freePort();
  const [, ...args] = serviceOf('redis').command ?? [];
  const server = await startProcess({
    program: binary('redis-server'),
    args: [...args.map((arg) => inFolder(arg, secrets)), '--port', String(port)],
    folder: temporaryFolder(),
    ready: 'Ready to accept connections',
    stopSignal: 'TERM',
  });
  return { ...server, port };
}

/** Names of containers become addresses of servers here. Accounts and passwords stay. */
function moveTo(secrets: string, servers: Record<string, string>): void {
  for (const [name, server] of Object.entries(servers)) {
    const url = new URL(readFileSync(join(secrets, name), 'utf8').trim());
    url.host = new URL(server).host;
    if (name === 'database_url') url.username = 'postgres';
    writeFileSync(join(secrets, name), url.href);
  }
}

function inFolder(text: string, secrets: string): string {
  return text.replace('/run/secrets', secrets);
}
