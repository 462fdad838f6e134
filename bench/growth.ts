/**
 * Whether a login costs the same when there are many users: `npm run bench:growth`. It fills the database up by SQL, and
 * measures the same people at each size. `-- --sizes 10000,1000000` names other sizes.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { measureWindow, type Window, warmUp } from './compare/windows.ts';
import { openBench } from './servers/open.ts';
import { leaveServerCore } from './servers/processors.ts';
import type { Step } from './servers/server.ts';
import { rewrite, table } from './shared/document.ts';
import { queueOf } from './shared/load.ts';
import { rounded, spreadOf } from './shared/statistics.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,1000000,10000000' },
    windows: { type: 'string', default: '7' },
  },
});
const sizes = values.sizes.split(',').map(Number);
const windows = Number(values.windows);
const people = 3_000;
const perOrganization = 1_000;

await using open = new AsyncDisposableStack();

/** Others, whom nobody signs in: a user with a number and a device, and what a year of logins left of them. */
async function fillUp(url: string, from: number, to: number): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    // Triggers and references would take hours. What they see to is written here.
    await client.query("SET session_replication_role = 'replica'");
    const numbers = `generate_series(${from + 1}, ${to}) n`;
    const owner = `'others-' || n / ${perOrganization}, 'user-' || n`;
    for (const statement of [
      `INSERT INTO organizations (id, policy, language, country, backup, updated_at)
       SELECT DISTINCT 'others-' || n / ${perOrganization}, 'mandatory', 'nl-NL', 'NL', 'offered', now() FROM ${numbers}
       ON CONFLICT DO NOTHING`,
      `INSERT INTO users (organization_id, id, factor_count, reached_by) SELECT ${owner}, 1, '{call}' FROM ${numbers}`,
      `INSERT INTO guess_accounts (organization_id, user_id) SELECT ${owner} FROM ${numbers}`,
      `INSERT INTO factors (id, organization_id, user_id, method, is_primary, address, address_hash)
       SELECT gen_random_uuid(), ${owner}, 'call', true, repeat('s', 60), md5(n::text) FROM ${numbers}`,
      `INSERT INTO devices (organization_id, user_id, id, platform, push_token, push_token_hash, updated_at)
       SELECT ${owner}, 'd', 'ios', repeat('s', 200), md5(n::text), now() FROM ${numbers}`,
      `INSERT INTO events (type, organization_id, user_id, details)
       SELECT 'code.sent', ${owner}, '{}' FROM ${numbers}`,
    ])
      await client.query(statement);
    await client.query('VACUUM ANALYZE');
  } finally {
    await client.end();
  }
}

const p50 = (all: Window[], step: Step | 'login') =>
  spreadOf(all.map(({ latency }) => latency[step]?.p50 ?? Number.NaN));

function rowOf(users: number, alone: Window[], together: Window[]): string[] {
  const words = ({ median, min, max }: ReturnType<typeof spreadOf>, digits: number) =>
    `**${rounded(median, digits)}** (${rounded(min, digits)}–${rounded(max, digits)})`;
  return [
    users.toLocaleString('en-US'),
    ...(['start', 'verify', 'login'] as const).map((step) => words(p50(alone, step), 1)),
    words(spreadOf(together.map(({ cpu }) => cpu.server)), 2),
    words(spreadOf(together.map(({ cpu }) => cpu.postgres)), 2),
  ];
}

async function measure(): Promise<string[][]> {
  leaveServerCore();
  const bench = await openBench({ people, take: ['Doublecheck'] }, open);
  const [server] = bench.servers;
  if (!server) throw new Error('nothing was started');
  const watched = { server, postgresPid: bench.postgres.pid };
  const queue = queueOf(bench.people);
  const url = new URL(bench.postgres.url);
  url.pathname = server.name;
  const rows: string[][] = [];
  let there = people;
  await warmUp(watched, queue, 2_000);
  for (const size of sizes) {
    const number = size.toLocaleString('en-US');
    process.stdout.write(`filling up to ${number} users, which may take minutes\n`);
    await fillUp(url.href, there, size);
    process.stdout.write(`measuring with ${number} users\n`);
    there = size;
    await warmUp(watched, queue, 500);
    const of = async (inFlight: number) => {
      const seen: Window[] = [];
      while (seen.length < windows)
        seen.push(await measureWindow(watched, queue, { inFlight, seconds: 1.2 }));
      return seen;
    };
    rows.push(rowOf(size, await of(1), await of(32)));
    process.stdout.write(`${rows.at(-1)?.join(' | ')}\n`);
  }
  return rows;
}

const headings = ['users', 'start', 'verify', 'whole login', 'CPU s for 1,000', 'PostgreSQL'];
rewrite(join('docs', 'performance.md'), 'growth', table(headings, await measure()));
