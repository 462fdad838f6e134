import { randomBytes } from 'node:crypto';
import { startBalancer } from '../chaos/balancer.ts';
import { startFleet } from '../chaos/fleet.ts';
import { startProviders } from '../chaos/providers.ts';
import { run } from '../e2e/program.ts';
import { generous } from '../support/deployment.ts';
import { untilReady } from '../support/replica.ts';
import { createDatabase, startPostgres, startRedis } from '../support/servers.ts';

const replicas = 3;

/** Three replicas of a version behind a balancer, made as an operator makes them, and empty. */
export async function deployFrom(folder: string, opened: AsyncDisposableStack) {
  const [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
  for (const server of [redis, postgres]) opened.defer(server.stop);
  const SECRETS = `k1:${randomBytes(32).toString('base64url')}`;
  const providers = await startProviders(SECRETS);
  opened.defer(providers.close);
  const env = {
    ...generous,
    ...providers.env,
    SECRETS,
    ISSUER: 'https://2fa.example',
    DATABASE_URL: await createDatabase(postgres.url, 'upgrade'),
    REDIS_URL: redis.url,
  };
  await runCommand(folder, env, 'migrate');
  const create = 'clients create panel --scopes challenges,users,admin';
  const apiKey = (await runCommand(folder, env, create)).split('\n').at(-1) ?? '';
  const fleet = await startFleet(env, replicas, { folder });
  opened.defer(fleet.stop);
  const balancer = await startBalancer(fleet.ports);
  opened.defer(balancer.stop);
  await untilReady(balancer.url);
  await makeMandatory(balancer.url, apiKey);
  return { env, apiKey, fleet, url: balancer.url, codesOf: providers.codesOf };
}

/** Runs a command of a version. Answers what it prints. */
export async function runCommand(
  folder: string,
  env: Record<string, string>,
  command: string,
): Promise<string> {
  const args = ['src/cli.ts', ...command.split(' ')];
  const program = run(process.execPath, args, { cwd: folder, env });
  if ((await program.exit) !== 0) throw new Error(program.errors);
  return program.output.trimEnd();
}

async function makeMandatory(url: string, apiKey: string): Promise<void> {
  const answer = await fetch(`${url}/v1/organizations/acme`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ policy: 'mandatory' }),
  });
  if (!answer.ok) throw new Error(await answer.text());
}
