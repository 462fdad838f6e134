import type { Cluster, Redis } from 'ioredis';
import { answeredForMs, claimedForMs } from '../../domain/limits.ts';
import type { IdempotencyStore, StoredResponse } from '../../domain/ports.ts';
import type { Place, Sealing } from '../sealing.ts';
import { answer } from './connection/answer.ts';
import { requestKey } from './keys.ts';
import { withScripts } from './scripts.ts';

/**
 * Requests in Redis: a hash each, with a slot of its own. What was asked holds codes and numbers and is
 * kept as a keyed hash; what was answered holds tokens and is sealed.
 */
export function redisIdempotencyStore(client: Redis | Cluster, sealing: Sealing): IdempotencyStore {
  const redis = withScripts(client);
  const end = async ({ key, by }: { key: string; by: string }, text: string) => {
    await answer(redis.finishRequest(requestKey(key), by, answeredForMs, text));
  };
  return {
    async begin({ key, by }, asked) {
      const hashes = sealing.hashes(asked, place(key, 'asked'));
      const reply = redis.beginRequest(requestKey(key), by, claimedForMs, ...hashes);
      const [state, ms, text] = await answer(reply);
      if (state === 'under-way') return { state, retryAfterMs: ms };
      if (state !== 'answered') return { state };
      const kept: StoredResponse = JSON.parse(sealing.open(text, place(key, 'answer')));
      return { state, ageMs: ms, answer: kept };
    },

    finish: (request, kept) =>
      end(request, sealing.seal(JSON.stringify(kept), place(request.key, 'answer'))),

    abandon: (request) => end(request, ''),
  };
}

function place(key: string, field: string): Place {
  return ['request', field, key];
}
