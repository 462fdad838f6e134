import { ReplyError } from 'ioredis';
import { Problem } from '../../../domain/problems.ts';

/** Replies of a server that is there, and for a while cannot do what it is asked. */
const away =
  /(^|: -)(LOADING|READONLY|OOM|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|NOAUTH|WRONGPASS) /;

/**
 * What Redis replies, or the problem `unavailable` where it does not, or cannot now. A mistake in
 * a script stays the error it is.
 */
export async function answer<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply;
  } catch (thrown) {
    const cause = withoutArguments(thrown);
    if (thrown instanceof ReplyError && !away.test(cause.message)) throw cause;
    throw new Problem('unavailable', { retryAfterMs: 1_000, cause });
  }
}

/** The errors of ioredis carry the command's arguments: phone numbers and MACs, not for a log. */
function withoutArguments(thrown: unknown): Error {
  const { name, message, code } = thrown as NodeJS.ErrnoException;
  return Object.assign(new Error(message), { name }, code && { code });
}
