import { Problem } from '../../../domain/problems.ts';

/** Prisma's own codes for a server that is away, busy or slow. */
const prismaCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);

/** What the driver adapters make of the same. */
const kinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
]);

/**
 * PostgreSQL's: connection lost (class 08), no connection, memory or disk left (53), disk failing,
 * read-only as a standby is, lock not granted, deadlock, statement cancelled for its time, idle
 * transaction given up, shutting down or starting up.
 */
const sqlStates = /^(08...|53...|58030|25006|55P03|40P01|40001|57014|25P03|25P04|57P0[1235])$/;

/** Node's: refused, reset, unreachable, no such socket. */
const socketCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;

/** What a connection to a server that takes no changes is refused with. */
export const readOnly = 'The server is read-only';

/** What the pg driver, or its pool, says in words only. */
const words = [
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  readOnly,
];

/**
 * The same port, but whose methods reject with `unavailable` when the database is away, and also
 * when an answer takes longer than `timeLimitMs`: limits that follow each other add up.
 */
export function unavailableWhenAway<T extends object>(port: T, timeLimitMs: number): T {
  const guarded = Object.entries(port).map(([name, method]) => [
    name,
    (...args: unknown[]) => guard(() => method(...args), timeLimitMs),
  ]);
  return Object.fromEntries(guarded);
}

async function guard<R>(work: () => Promise<R>, timeLimitMs: number): Promise<R> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(unavailable(new Error(`No answer within ${timeLimitMs} ms`)));
    timer = setTimeout(giveUp, timeLimitMs);
  });
  try {
    return await Promise.race([work(), late]);
  } catch (thrown) {
    throw isAway(thrown) ? unavailable(thrown) : thrown;
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(cause: unknown): Problem {
  return new Problem('unavailable', { retryAfterMs: 1_000, cause });
}

type DriverCause = { kind?: string; originalCode?: string };

type DatabaseError = {
  code?: string;
  message?: string;
  meta?: { driverAdapterError?: { cause?: DriverCause } };
};

function isAway(thrown: unknown): boolean {
  const { code = '', message = '', meta } = thrown as DatabaseError;
  const { kind = '', originalCode = '' } = meta?.driverAdapterError?.cause ?? {};
  return (
    prismaCodes.has(code) ||
    socketCodes.test(code) ||
    kinds.has(kind) ||
    sqlStates.test(originalCode) ||
    words.some((beginning) => message.startsWith(beginning))
  );
}
