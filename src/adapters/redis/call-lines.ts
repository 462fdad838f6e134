import type { Cluster, Redis } from 'ioredis';
import type { CallLines } from '../../domain/ports.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { lineKey } from './keys.ts';
import { withScripts } from './scripts.ts';

/** Who calls which number, in Redis: a hash for each number, until its calls end. */
export function redisCallLines(client: Redis | Cluster): CallLines {
  const redis = withScripts(client);
  return {
    async join({ number, owner, outranks, codeId }, { holdMs, lifeMs }) {
      const times = [holdMs, lifeMs] as const;
      const line = [lineKey(number), owner, codeId, 'join'] as const;
      const reply = redis.holdLine(...line, ...times, outranks ?? '');
      const [state, leftMs] = await orUnavailable(reply);
      return state === 'busy' ? { state, leftMs: Number(leftMs) } : { state };
    },
    async take({ number, owner, outranks, codeId }, lifeMs) {
      const line = [lineKey(number), owner, codeId, 'take'] as const;
      const reply = redis.holdLine(...line, 0, lifeMs, outranks ?? '');
      const [state, ...older] = await orUnavailable(reply);
      return state === 'busy' ? null : older.map(String);
    },
    async name({ number, codeId }, callId) {
      return (await orUnavailable(redis.nameCall(lineKey(number), codeId, callId))) === 1;
    },
    async leave({ number, codeId }) {
      await orUnavailable(redis.leaveLine(lineKey(number), codeId));
    },
  };
}
