import { rounded, spreadOf, sum } from '../shared/statistics.ts';
import { limitOf } from './limit.ts';
import { groups, type Report } from './report.ts';
import type { Run } from './run.ts';

const headings = [
  'replicas',
  'masters',
  'logins/s (slowest to fastest)',
  'start p50/95/99',
  'verify',
  'redeem',
  'login',
  'replicas/postgres/redis/twilio/generator/idle',
  'what limits',
];

/** Everything that was found, as text for a terminal. */
export function summary(report: Report): string {
  const rows = groups(report).map(rowOf);
  const costs = JSON.stringify(report.costs, null, 1);
  const { rows: bytes, probes } = report;
  const rest = [costs, JSON.stringify(bytes), JSON.stringify(probes)];
  return [aligned([headings, ...rows]), ...rest].join('\n');
}

function rowOf(runs: Run[]): string[] {
  const middle = medianRun(runs);
  const { median, min, max } = spreadOf(runs.map(({ perSecond }) => perSecond));
  const { start, verify, redeem, login } = middle.latency;
  const times = [start, verify, redeem, login].map(({ p50, p95, p99 }) => `${p50}/${p95}/${p99}`);
  const limit = limitOf(middle);
  const quota = middle.cpuQuota === null ? '' : ` at ${middle.cpuQuota} core`;
  const speed = `${rounded(median, 1)} (${rounded(min, 1)} to ${rounded(max, 1)})`;
  const first = [`${middle.replicas}${quota}`, `${middle.masters}`, speed];
  return [...first, ...times, coresOf(middle), `${limit.what} at ${limit.share}`];
}

function coresOf({ cores }: Run): string {
  const { postgres, twilio, generator, idle } = cores;
  const all = [sum(cores.replicas), postgres, sum(cores.redis), twilio, generator, idle];
  return all.map((value) => value.toFixed(2)).join('/');
}

export function medianRun(runs: Run[]): Run {
  const sorted = runs.toSorted((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Run;
}

function aligned(rows: string[][]): string {
  const widths = headings.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}
