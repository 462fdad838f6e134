import type { ServerName } from '../servers/server.ts';
import type { Machine } from '../shared/machine.ts';
import { rounded, type Spread, spreadOf, sum } from '../shared/statistics.ts';
import type { RedisBytes } from './redis-bytes.ts';
import type { Route, Routes } from './routes.ts';
import type { Start } from './starts.ts';
import type { Window } from './windows.ts';

/** All that was seen of a server, before it is put together. */
export type Seen = {
  windows: Map<number, Window[]>;
  routes: Routes[];
  redis: RedisBytes | null;
  starts: Start[];
  /** Only of the service: as the image starts it. */
  imageStarts: Start[];
  /** Only of the service: with the real SDK of Twilio, on TLS. */
  delivering: Window[];
  /** The same of what the image starts. */
  imageDelivering: Window[];
};

export type Logins = {
  inFlight: number;
  logins: number;
  failures: Record<string, number>;
  perSecond: Spread;
  cpu: Record<'server' | 'postgres' | 'redis', Spread>;
  cores: Record<'server' | 'beside' | 'others', Spread>;
  p50: Spread;
  p99: Spread;
  /** Of each step. */
  steps: Record<string, { p50: Spread; p99: Spread }>;
};

type RouteSpread = Record<'cpu' | 'perSecond', Spread> & Pick<Route, 'failed'>;

export type StartSpread = { ms: Spread; idleMiB: Spread };

type Delivering = { cpu: Spread; loadedMiB: Spread };

export type ServerReport = {
  name: ServerName;
  logins: Logins[];
  routes: Record<string, RouteSpread>;
  loadedMiB: Spread | null;
  start: StartSpread | null;
  imageStart: StartSpread | null;
  redis: RedisBytes | null;
  delivering: Delivering | null;
  imageDelivering: Delivering | null;
};

/** How the figures came about. */
export type Method = {
  rounds: number;
  seconds: number;
  people: number;
  fsync: boolean;
  starts: number;
};

/** Everything that the comparison found, as stored in performance.json. Spreads are over windows. */
export type Report = { machine: Machine; method: Method; servers: ServerReport[] };

export function nothingSeen(): Seen {
  const none = { starts: [], imageStarts: [], delivering: [], imageDelivering: [] };
  return { windows: new Map(), routes: [], redis: null, ...none };
}

export function reportOf(name: ServerName, seen: Seen): ServerReport {
  const all = [...seen.windows].map(([inFlight, windows]) => loginsOf(inFlight, windows));
  // Memory under load is that of the most logins in flight.
  const heaviest = [...seen.windows].at(-1)?.[1] ?? [];
  return {
    name,
    logins: all,
    routes: routesOf(seen.routes),
    loadedMiB: orNull(heaviest.map((window) => window.residentMiB)),
    start: startsOf(seen.starts),
    imageStart: startsOf(seen.imageStarts),
    redis: seen.redis,
    delivering: deliveringOf(seen.delivering),
    imageDelivering: deliveringOf(seen.imageDelivering),
  };
}

function loginsOf(inFlight: number, windows: Window[]): Logins {
  const of = (value: (window: Window) => number) => spread(windows.map(value));
  const names = Object.keys(windows[0]?.latency ?? {}) as (keyof Window['latency'])[];
  const latency = (name: keyof Window['latency']) => ({
    p50: of((window) => window.latency[name]?.p50 ?? 0),
    p99: of((window) => window.latency[name]?.p99 ?? 0),
  });
  const steps = names.filter((name) => name !== 'login');
  return {
    inFlight,
    logins: windows.reduce((total, { logins }) => total + logins, 0),
    failures: failuresOf(windows),
    perSecond: of(({ perSecond }) => perSecond),
    cpu: {
      server: of(({ cpu }) => cpu.server),
      postgres: of(({ cpu }) => cpu.postgres),
      redis: of(({ cpu }) => cpu.redis),
    },
    cores: {
      server: of(({ cores }) => cores.server),
      beside: of(({ cores }) => cores.postgres + cores.redis + cores.driver),
      others: of(({ cores }) => cores.others),
    },
    ...latency('login'),
    steps: Object.fromEntries(steps.map((name) => [name, latency(name)])),
  };
}

function failuresOf(windows: Window[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const { failures } of windows)
    for (const [message, count] of Object.entries(failures))
      total[message] = (total[message] ?? 0) + count;
  return total;
}

function routesOf(all: Routes[]): Record<string, RouteSpread> {
  const names = Object.keys(all[0] ?? {});
  const entries = names.map((name) => {
    const of = (value: keyof Route) => all.map((routes) => routes[name]?.[value] ?? 0);
    const spreads = { cpu: spread(of('cpu')), perSecond: spread(of('perSecond')) };
    return [name, { ...spreads, failed: sum(of('failed')) }] as const;
  });
  return Object.fromEntries(entries);
}

function startsOf(starts: Start[]): StartSpread | null {
  if (starts.length === 0) return null;
  return {
    ms: spread(starts.map(({ ms }) => ms)),
    idleMiB: spread(starts.map((start) => start.residentMiB)),
  };
}

function deliveringOf(windows: Window[]): Delivering | null {
  if (windows.length === 0) return null;
  return {
    cpu: spread(windows.map(({ cpu }) => cpu.server)),
    loadedMiB: spread(windows.map((window) => window.residentMiB)),
  };
}

function orNull(values: number[]): Spread | null {
  return values.length > 0 ? spread(values) : null;
}

function spread(values: number[]): Spread {
  const { median, min, max } = spreadOf(values);
  return { median: rounded(median, 3), min: rounded(min, 3), max: rounded(max, 3) };
}
