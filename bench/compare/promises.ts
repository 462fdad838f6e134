import type { ServerName } from '../servers/server.ts';
import type { Logins, Report, ServerReport } from './report.ts';

/** What the service is held to, and what was measured. */
export type Promised = {
  about: string;
  /** Such as "≤ 0.25 × before". */
  promise: string;
  /** Null when what it is compared with did not take part. */
  measured: number | null;
  max: number;
  unit: '×' | 'ms' | 'MiB' | 'bytes';
};

type Value = (server: ServerReport) => number | undefined;

const at = (inFlight: number, value: (logins: Logins) => number): Value => {
  return ({ logins }) => {
    const found = logins.find((one) => one.inFlight === inFlight);
    return found && value(found);
  };
};

const cpu = at(32, (logins) => logins.cpu.server.median);
const postgres = at(32, (logins) => logins.cpu.postgres.median);
const redis = at(32, (logins) => logins.cpu.redis.median);
const p50 = at(1, (logins) => logins.p50.median);
const p99 = at(64, (logins) => logins.p99.median);

/** The promises of one run. Ratios are between medians of the same run. */
export function promises({ servers }: Report): Promised[] {
  const find = (name: ServerName) => servers.find((server) => server.name === name);
  const service = find('Doublecheck');
  const ratio = (about: string, value: Value, to: ServerName, max: number): Promised => {
    const divided = quotient(figure(value, service), figure(value, find(to)));
    return { about, promise: `≤ ${max} × ${to}`, measured: divided, max, unit: '×' };
  };
  const limit = (
    about: string,
    measured: number | undefined,
    max: number,
    unit: Promised['unit'],
  ) => ({ about, promise: `≤ ${max} ${unit}`, measured: measured ?? null, max, unit }) as const;
  return [
    ratio('CPU of a login', cpu, 'before', 0.25),
    ratio('CPU of a login', cpu, 'dressed floor', 1.2),
    ratio('CPU of a login', cpu, 'Auth.js', 1),
    ratio('CPU of a login', cpu, 'better-auth', 0.333),
    ratio('p50 of a login, one at a time', p50, 'bare floor', 4),
    ratio('p50 of a login, one at a time', p50, 'before', 0.4),
    ratio('p99 of a login, 64 in flight', p99, 'dressed floor', 2),
    ratio('start from the sources', ({ start }) => start?.ms.median, 'dressed floor', 2),
    imageStart(service, find('dressed floor')),
    limit('memory of the image, idle', service?.imageStart?.idleMiB.median, 130, 'MiB'),
    limit('memory from the sources, idle', service?.start?.idleMiB.median, 130, 'MiB'),
    limit('memory of the image, loaded', service?.imageDelivering?.loadedMiB.median, 230, 'MiB'),
    limit('memory from the sources, loaded', service?.delivering?.loadedMiB.median, 230, 'MiB'),
    ratio('CPU of PostgreSQL for a login', postgres, 'before', 0.3),
    ratio('CPU of Redis for a login', redis, 'before', 0.5),
    limit('Redis for a finished login', service?.redis?.perLogin, 1_500, 'bytes'),
  ];
}

/** 0.6 s where the floor with Prisma takes 0.5 s. */
function imageStart(service?: ServerReport, floor?: ServerReport): Promised {
  const measured = quotient(service?.imageStart?.ms.median, floor?.start?.ms.median);
  const promise = '≤ 1.2 × dressed floor';
  return { about: 'start of the image', promise, measured, max: 1.2, unit: '×' };
}

function figure(value: Value, server?: ServerReport): number | undefined {
  return server && value(server);
}

function quotient(own?: number, other?: number): number | null {
  return own !== undefined && other ? own / other : null;
}
