import { ReplyError } from 'ioredis';
import { Problem } from '../../../domain/problems.ts';

/** Replies of a server that answers, but cannot or may not run the command. */
const refusal =
  /(^|: -)(LOADING|READONLY|OOM|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|NOAUTH|WRONGPASS|NOPERM) |^ERR (unknown command|Unknown Redis command|The user executing the script)/;

/** Rejects with `unavailable` when Redis does not answer or refuses. An error in a script stays as it is. */
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

/** Errors of Redis and ioredis have the command's arguments, which must not reach a log. */
export function withoutArguments(thrown: unknown): Error {
  const { name, message, code } = thrown as NodeJS.ErrnoException;
  const words = message.replace(/,? with args beginning with:.*/s, '');
  return Object.assign(new Error(words), { name }, code && { code });
}
