import { SetupError } from '../../../domain/ports/database.ts';
import { Problem } from '../../../domain/problems.ts';
import { second } from '../../../domain/time.ts';
import { type Limits, slowWorkMs } from './limits.ts';

/** Prisma's own codes for a server that is away, busy or slow. */
const prismaCodes = /^(P1000|P1001|P1002|P1003|P1008|P1010|P1017|P2021|P2022|P2024|P2028|P2037)$/;

/** The same in the words of the driver adapters. */
const kinds = new Set([
  'DatabaseNotReachable',
  'ConnectionClosed',
  'SocketTimeout',
  'TooManyConnections',
  'AuthenticationFailed',
  'DatabaseAccessDenied',
  'DatabaseDoesNotExist',
  'TableDoesNotExist',
  'ColumnNotFound',
]);

/**
 * PostgreSQL's: connection lost (class 08), no connection, memory or disk left (53), disk failing,
 * read-only as a standby is, lock not granted, deadlock, statement cancelled for its time, idle
 * transaction given up, shutting down or starting up. And its refusals: no login, wrong password, no
 * such database, a closed one, a right that is missing, a table or column that is not there.
 */
const sqlStates =
  /^(08...|53...|58030|25006|55P03|40P01|40001|57014|25P03|25P04|57P0[1235]|28...|3D000|55000|42501|42P01|42703)$/;

/** Node's: refused, reset, unreachable, no such socket. */
const socketCodes =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT)$/;

/** The reason for refusing a server that takes no writes. */
export const readOnly = 'The server is read-only';

/** The reason when a call waited too long for its group. */
export const groupTimeout = 'timeout exceeded when waiting for a group';

/** Errors of the pg driver or its pool, and ours, that have no code. */
const words = [
  'timeout exceeded when trying to connect',
  'Query read timeout',
  'Connection terminated',
  'Client has encountered a connection error',
  'Client was closed',
  readOnly,
  groupTimeout,
];

/** The reason of a failure, in one line. Prisma adds a heading and advice. */
export function reasonOf(thrown: unknown): string {
  const { message = '', meta } = thrown as DatabaseError;
  const said = meta?.driverAdapterError?.cause?.originalMessage;
  const lines = message.split('\n').filter((line) => line && !line.startsWith('Invalid `'));
  return said ?? lines[0]?.trim() ?? String(thrown);
}

/** Methods reject with `unavailable` after `timeLimitMs` in all. The limits of single steps would add up. */
export function unavailableWhenAway<T extends object>(port: T, timeLimitMs: number): T {
  const guarded = Object.entries(port).map(([name, method]) => [
    name,
    (...args: unknown[]) => guard(() => method(...args), timeLimitMs),
  ]);
  return Object.fromEntries(guarded);
}

/** One port of two parts: logins wait for `quick`; `slow` works in many small steps. */
export function quickAndSlow<Quick extends object, Slow extends object>(
  quick: Quick,
  slow: Slow,
  { answerMs }: Limits,
): Quick & Slow {
  return { ...unavailableWhenAway(quick, answerMs), ...unavailableWhenAway(slow, slowWorkMs) };
}

function guard<R>(work: () => Promise<R>, timeLimitMs: number): Promise<R> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(unavailable(new Error(`No answer within ${timeLimitMs} ms`)));
    const timer = setTimeout(giveUp, timeLimitMs);
    work().then(
      (result) => {
        clearTimeout(timer);
        resolve(result);
      },
      (thrown: unknown) => {
        clearTimeout(timer);
        reject(isAway(thrown) ? unavailable(thrown) : thrown);
      },
    );
  });
}

/** A SetupError is also the detail: readiness tells operators what to change. */
function unavailable(thrown: unknown): Problem {
  const setup = setupErrorIn(thrown);
  const cause = setup ?? new Error(reasonOf(thrown), { cause: thrown });
  return new Problem('unavailable', {
    retryAfterMs: second,
    cause,
    ...(setup && { detail: setup.message }),
  });
}

type DriverCause = { kind?: string; originalCode?: string; originalMessage?: string };

type DatabaseError = {
  code?: string;
  message?: string;
  /** Of an error of the driver adapter that Prisma did not wrap. */
  cause?: DriverCause;
  meta?: { driverAdapterError?: { cause?: DriverCause } };
};

function isAway(thrown: unknown): boolean {
  const { code = '', message = '', cause = {}, meta } = thrown as DatabaseError;
  const { kind = '', originalCode = '' } = meta?.driverAdapterError?.cause ?? cause;
  return (
    setupErrorIn(thrown) !== null ||
    prismaCodes.test(code) ||
    socketCodes.test(code) ||
    kinds.has(kind) ||
    sqlStates.test(code) ||
    sqlStates.test(originalCode) ||
    words.some((beginning) => message.startsWith(beginning))
  );
}

/** Prisma wraps the errors of its driver. */
export function setupErrorIn(thrown: unknown): SetupError | null {
  if (thrown instanceof SetupError) return thrown;
  const { cause } = Object(thrown);
  return cause === undefined ? null : setupErrorIn(cause);
}
