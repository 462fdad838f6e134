import type { Cluster, Redis } from 'ioredis';
import type { CallLines } from '../../domain/ports.ts';
import { answer } from './connection/answer.ts';
import { lineKey } from './keys.ts';
import { withScripts } from './scripts.ts';

/** Who calls which number, in Redis: a hash for each number, gone when its calls are over. */
export function redisCallLines(client: Redis | Cluster): CallLines {
  const redis = withScripts(client);
  return {
    async join({ number, owner, codeId }, holdMs) {
      const reply = redis.holdLine(lineKey(number), owner, codeId, 'waiting', holdMs);
      const [leftMs] = await answer(reply);
      return leftMs === 0 ? null : leftMs;
    },
    async take({ number, owner, codeId }, lifeMs) {
      const reply = redis.holdLine(lineKey(number), owner, codeId, 'placing', lifeMs);
      const [leftMs, ...older] = await answer(reply);
      return leftMs === 0 ? older : null;
    },
    async name({ number, codeId }, callId) {
      return (await answer(redis.nameCall(lineKey(number), codeId, callId))) === 1;
    },
    async leave({ number, codeId }) {
      await answer(redis.leaveLine(lineKey(number), codeId));
    },
  };
}
