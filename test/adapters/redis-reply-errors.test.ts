/** What becomes of each way in which ioredis and Redis say no. */
import { expect, test } from '@jest/globals';
import { ReplyError } from 'ioredis';
import { orUnavailable } from '../../src/adapters/redis/connection/reply-errors.ts';
import { Problem } from '../../src/domain/problems.ts';

const outcomeOf = (thrown: unknown) =>
  orUnavailable(Promise.reject(thrown)).catch((reason) => reason);

test.each([
  new Error('Connection is closed.'),
  new Error('Command timed out'),
  new Error('All sentinels are unreachable and retry is disabled.'),
  new Error('Failed to refresh slots cache.'),
  new Error('None of startup nodes is available'),
  new Error("Cluster isn't ready and enableOfflineQueue options is false"),
  new Error('Too many Cluster redirections. Last error: ReplyError: MOVED 1 127.0.0.1:6379'),
  new AggregateError([], 'All promises were rejected'),
  new ReplyError('CLUSTERDOWN Hash slot not served'),
  new ReplyError('TRYAGAIN Multiple keys request during rehashing of slot'),
  new ReplyError("READONLY You can't write against a read only replica."),
  new ReplyError('NOREPLICAS Not enough good replicas to write.'),
  new ReplyError('LOADING Redis is loading the dataset in memory'),
  new ReplyError('WRONGPASS invalid username-password pair or user is disabled.'),
  new ReplyError('NOAUTH Authentication required.'),
])('%s: unavailable', async (thrown) => {
  const outcome = await outcomeOf(thrown);
  expect(outcome).toBeInstanceOf(Problem);
  expect(outcome.kind.name).toBe('unavailable');
});

test.each([
  new ReplyError('ERR value is not an integer or out of range'),
  new ReplyError("CROSSSLOT Keys in request don't hash to the same slot"),
])('%s: a mistake of ours', async (thrown) => {
  expect(await outcomeOf(thrown)).not.toBeInstanceOf(Problem);
});
