import { ReplyError } from 'ioredis';
import { Problem } from '../../../domain/problems.ts';

/** Replies of a server that is there, and cannot or may not do what it is asked. */
const refusal =
  /(^|: -)(LOADING|READONLY|OOM|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|NOAUTH|WRONGPASS|NOPERM) |^ERR (unknown command|Unknown Redis command|The user executing the script)/;

/**
 * What Redis replies, or the problem `unavailable` when it does not answer or refuses. A mistake in a
 * script stays the error it is.
 */
export async function orUnavailable<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown;
    const cause = withoutArguments(thrown);
    if (thrown instanceof ReplyError && !refusal.test(cause.message)) throw cause;
    throw new Problem('unavailable', { retryAfterMs: 1_000, cause });
  }
}

/** Errors of Redis and ioredis carry the command's arguments: numbers and MACs, not for a log. */
export function withoutArguments(thrown: unknown): Error {
  const { name, message, code } = thrown as NodeJS.ErrnoException;
  const words = message.replace(/,? with args beginning with:.*/s, '');
  return Object.assign(new Error(words), { name }, code && { code });
}
