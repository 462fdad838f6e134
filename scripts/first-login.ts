/**
 * Times the way from a clean clone to a first login: the quick start of README.md, and the steps of compose.yaml on
 * servers without containers. Every time with an empty cache of npm: `npm run first-login -- --runs 3`.
 */
import { cpus } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { spreadOf } from '../bench/shared/statistics.ts';
import { environmentOf, makeSecrets, serviceOf, startStores } from '../test/e2e/compose-steps.ts';
import {
  emptyFolder,
  eventually,
  type Program,
  root,
  run,
  slowWorkMs,
} from '../test/e2e/program.ts';
import { freePort } from '../test/support/server-process.ts';
import { openBackend } from './demo/api-client.ts';
import { playFirstLogin } from './demo/first-login.ts';
import { buildProduction } from './production/production-build.ts';

type Clock = <T>(step: string, work: () => Promise<T>) => Promise<T>;
type Way = (folder: string, time: Clock) => Promise<void>;

const quickStart: Way = async (folder, time) => {
  const env = { ...newcomer(folder), PORT: String(await freePort()) };
  const checkout = join(folder, 'doublecheck');
  await time('git clone', () => succeed(run('git', cloneTo(checkout), { cwd: folder, env })));
  await time('npm ci', () => succeed(run('npm', ['ci'], { cwd: checkout, env })));
  const service = run('npm', ['start'], { cwd: checkout, env });
  try {
    const apiKey = await time('npm start, until it listens', async () => {
      const [, key = ''] = await service.until(/API key +(\S+)/);
      return key;
    });
    await time('the first login', () => logIn(env.PORT, apiKey, service));
  } finally {
    await service.stop();
  }
};

const composeSteps: Way = async (folder, time) => {
  const checkout = join(folder, 'doublecheck');
  const image = join(folder, 'image');
  const secrets = join(folder, 'secrets');
  const inImage = {
    ...newcomer(folder),
    PATH: [dirname(process.execPath), ownPath].join(delimiter),
  };
  const build = join(checkout, 'scripts/build-production.sh');
  await using open = new AsyncDisposableStack();
  await time('git clone', () => succeed(run('git', cloneTo(checkout), { cwd: folder })));
  await time('make-secrets.sh', async () => makeSecrets(secrets));
  await time('what the Dockerfile builds', () =>
    succeed(run(build, [image], { cwd: checkout, env: inImage })),
  );
  const stores = await time('PostgreSQL and Redis', () => startStores(secrets));
  open.defer(stores.stop);
  const production = buildProduction(image);
  const port = String(await freePort());
  const env = { ...environmentOf('service', secrets), HOST: '127.0.0.1', PORT: port };
  const cli = (args: string[]) => succeed(production.cli(args, env));
  await time('migrate', () => cli((serviceOf('migrate').command ?? []).slice(1)));
  const service = production.start(env);
  open.defer(async () => void (await service.stop()));
  await time('the service, until it is healthy', () =>
    eventually(slowWorkMs, async () => (await production.checkHealth(env).exit) === 0),
  );
  const printed = await time('clients create', () =>
    cli('clients create company-panel --scopes challenges,users,admin'.split(' ')),
  );
  const apiKey = printed.trimEnd().split('\n').at(-1) ?? '';
  await time('the first login', () => logIn(port, apiKey, service));
};

/** What these programs have of a newcomer's machine: no package of this checkout, and nothing in npm's cache. */
function newcomer(folder: string): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('npm_'));
  return { ...Object.fromEntries(kept), PATH: ownPath, npm_config_cache: join(folder, 'npm') };
}

const ownPath = (process.env['PATH'] ?? '')
  .split(delimiter)
  .filter((one) => !one.includes('node_modules'))
  .join(delimiter);

const cloneTo = (folder: string) => ['clone', '--quiet', root, folder];

async function logIn(port: string, apiKey: string, service: Program): Promise<void> {
  const backend = openBackend({ url: `http://127.0.0.1:${port}`, apiKey });
  await playFirstLogin(backend, async () => {
    const [, code = ''] = await service.until(/your code is (\d{4})/);
    return code;
  });
}

async function succeed(program: Program): Promise<string> {
  if ((await program.exit) !== 0) throw new Error(program.errors);
  return program.output;
}

/** Seconds of each step, and of all of them, in each run. */
async function timed(way: Way, runs: number): Promise<Map<string, number[]>> {
  const seconds = new Map<string, number[]>();
  const note = (step: string, ms: number) =>
    seconds.set(step, [...(seconds.get(step) ?? []), ms / 1000]);
  for (let done = 0; done < runs; done += 1) {
    const { folder, remove } = emptyFolder();
    let total = 0;
    const time: Clock = async (step, work) => {
      const start = performance.now();
      const made = await work();
      note(step, performance.now() - start);
      total += performance.now() - start;
      return made;
    };
    await way(folder, time).finally(remove);
    note('in all', total);
  }
  return seconds;
}

function lineOf([step, seconds]: [string, number[]]): string {
  const { median, min, max } = spreadOf(seconds);
  return `${median.toFixed(1).padStart(7)} s  (${min.toFixed(1)} to ${max.toFixed(1)})  ${step}`;
}

const { values } = parseArgs({ options: { runs: { type: 'string', default: '1' } } });
const runs = Number(values.runs);
const print = (line: string) => process.stdout.write(`${line}\n`);
print(`median of ${runs}, least to most, on ${cpus().length} cores: ${cpus()[0]?.model}`);
for (const [name, way] of Object.entries({
  'README.md': quickStart,
  'compose.yaml': composeSteps,
})) {
  print(`\n${name}`);
  for (const step of await timed(way, runs)) print(lineOf(step));
}
