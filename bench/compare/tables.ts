import { table } from '../shared/document.ts';
import { rounded, type Spread, spreadOf } from '../shared/statistics.ts';
import { type Promised, promises } from './promises.ts';
import type { Logins, Method, Report, ServerReport } from './report.ts';

/** All that was found, in Markdown. */
export function tables(report: Report): string {
  const { servers } = report;
  const busiest = servers.some(({ logins }) => logins.some(({ inFlight }) => inFlight === 32));
  return [
    ...heading('Promises', promiseTable(report)),
    ...heading(`Whole logins, 32 in flight`, busiest ? loadTable(servers) : ''),
    ...heading('How long a login takes: p50 / p99 in ms, by logins in flight', latencies(servers)),
    ...heading(
      'Requests of one kind, 32 in flight: CPU ms of the server for each',
      routes(servers),
    ),
    ...heading('Start and memory', startTable(servers)),
    ...heading('Redis after a login', redisTable(servers)),
    methodOf(report),
  ].join('\n');
}

function heading(words: string, table: string): string[] {
  return table ? [`### ${words}`, '', table, ''] : [];
}

function promiseTable(report: Report): string {
  const rows = promises(report).map(({ about, promise, measured, max, unit }) => {
    const found = measured === null ? 'not measured' : withUnit(measured, unit);
    const met = measured === null ? '' : measured <= max ? 'yes' : '**no**';
    return [about, promise, found, met];
  });
  return table(['what', 'promise', 'measured', 'met'], rows);
}

function withUnit(measured: number, unit: Promised['unit']): string {
  return `${rounded(measured, unit === '×' ? 2 : 0)} ${unit}`;
}

const withSpread = (spread: Spread | undefined, digits: number) =>
  spread
    ? `**${rounded(spread.median, digits)}** (${rounded(spread.min, digits)}–${rounded(spread.max, digits)})`
    : '';

const at = ({ logins }: ServerReport, inFlight: number): Logins | undefined =>
  logins.find((one) => one.inFlight === inFlight);

function loadTable(servers: ServerReport[]): string {
  const headings = [
    '',
    'CPU s for 1,000',
    'PostgreSQL',
    'Redis',
    'logins/s seen',
    'core of the server',
    'failed',
  ];
  const rows = servers.map((server) => {
    const logins = at(server, 32);
    const failed = Object.values(logins?.failures ?? {}).reduce((sum, count) => sum + count, 0);
    return [
      server.name,
      withSpread(logins?.cpu.server, 2),
      withSpread(logins?.cpu.postgres, 2),
      withSpread(logins?.cpu.redis, 2),
      withSpread(logins?.perSecond, 0),
      `${rounded((logins?.cores.server.median ?? 0) * 100, 0)} %`,
      `${failed} of ${logins?.logins ?? 0}`,
    ];
  });
  return table(headings, rows);
}

function latencies(servers: ServerReport[]): string {
  const numbers = servers[0]?.logins.map(({ inFlight }) => inFlight) ?? [];
  const pair = ({ p50, p99 }: Pick<Logins, 'p50' | 'p99'>) =>
    `${rounded(p50.median, 1)} / ${rounded(p99.median, 1)}`;
  const rows = servers.map((server) => {
    const all = numbers
      .map((inFlight) => at(server, inFlight))
      .map((one) => (one ? pair(one) : ''));
    const steps = Object.entries(at(server, 1)?.steps ?? {}).map(
      ([name, { p50 }]) => `${name} ${rounded(p50.median, 1)}`,
    );
    return [server.name, ...all, steps.join(', ')];
  });
  return table(['', ...numbers.map(String), 'p50 of each step, one at a time'], rows);
}

function routes(servers: ServerReport[]): string {
  const names = [...new Set(servers.flatMap((server) => Object.keys(server.routes)))];
  const rows = servers.map((server) => [
    server.name,
    ...names.map((name) => withSpread(server.routes[name]?.cpu, 2)),
  ]);
  return table(['', ...names], rows);
}

function startTable(servers: ServerReport[]): string {
  const rows = servers.flatMap(
    ({ name, start, imageStart, loadedMiB, delivering, imageDelivering }) => {
      const loaded = delivering?.loadedMiB ?? loadedMiB ?? undefined;
      const row = (words: string, started: typeof start, memory?: Spread) => [
        words,
        withSpread(started?.ms, 0),
        withSpread(started?.idleMiB, 0),
        withSpread(memory, 0),
      ];
      return imageStart
        ? [
            row(name, start, loaded),
            row(`${name}, as the image`, imageStart, imageDelivering?.loadedMiB),
          ]
        : [row(name, start, loaded)];
    },
  );
  return table(['', 'ms to the first good answer', 'MiB idle', 'MiB under load'], rows);
}

function redisTable(servers: ServerReport[]): string {
  const rows = servers.flatMap(({ name, redis, delivering }) => {
    if (!redis) return [];
    const keys = Object.entries(redis.keys)
      .filter(([, { keys: count }]) => count > 1)
      .map(([kind, { bytesEach }]) => `${kind} ${rounded(bytesEach, 0)}`);
    return [[name, String(redis.perLogin), keys.join(', '), withSpread(delivering?.cpu, 2)]];
  });
  const headings = ['', 'bytes', 'bytes of each key', 'CPU s for 1,000 logins that call Twilio'];
  return rows.length > 0 ? table(headings, rows) : '';
}

function methodOf({ machine, method, servers }: Report): string {
  const { cores, processor, memoryGiB, versions } = machine;
  const { node, redis, postgres } = versions;
  return [
    `${method.rounds} windows of ${method.seconds} s each, ${method.people.toLocaleString('en')} people,`,
    `${method.starts} starts. PostgreSQL ${postgres} with fsync ${fsyncOf(method)}, Redis ${redis}, Node ${node};`,
    `${cores} cores (${processor}), ${memoryGiB} GiB. Other processes used ${othersOf(servers)} of a core meanwhile.`,
  ].join('\n');
}

function othersOf(servers: ServerReport[]): number {
  const all = servers.flatMap(({ logins }) => logins.map(({ cores }) => cores.others.median));
  return rounded(spreadOf(all).median, 2);
}

function fsyncOf({ fsync }: Method): string {
  return fsync ? 'on' : 'off';
}
