import type { Cluster, Redis } from 'ioredis';
import { answeredForMs, claimedForMs, maxAnswerBytes, maxAnswers } from '../../domain/limits.ts';
import type { IdempotencyStore, StoredResponse } from '../../domain/ports.ts';
import type { Place, Sealing } from '../sealing.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { answersKey, requestKey } from './keys.ts';
import { withScripts } from './scripts.ts';

/** A request has codes and numbers, so only its keyed hash is stored. An answer has tokens, so it is sealed. */
export function redisIdempotencyStore(client: Redis | Cluster, sealing: Sealing): IdempotencyStore {
  const redis = withScripts(client);
  return {
    async claim(claim, asked) {
      const hashes = sealing.hashes(asked, place(claim.key, 'asked'));
      const reply = redis.claimRequest(requestKey(claim), claim.attemptId, claimedForMs, ...hashes);
      const [state, detail, text] = await orUnavailable(reply);
      if (state === 'other-body') return { state };
      if (state === 'claimed') return { state, first: detail };
      if (state === 'under-way') return { state, retryAfterMs: detail };
      const stored: StoredResponse = JSON.parse(sealing.open(text, place(claim.key, 'answer')));
      return { state, ageMs: detail, answer: stored };
    },

    async complete(claim, response) {
      const sealed = sealing.seal(JSON.stringify(response), place(claim.key, 'answer'));
      const keys = [requestKey(claim), answersKey(claim)] as const;
      const limits = [claim.challengeId ? maxAnswers : 0, maxAnswerBytes] as const;
      await orUnavailable(
        redis.completeRequest(...keys, claim.attemptId, answeredForMs, sealed, ...limits),
      );
    },

    async release(claim) {
      await orUnavailable(redis.releaseRequest(requestKey(claim), claim.attemptId, answeredForMs));
    },

    async forget(claim) {
      await orUnavailable(redis.releaseRequest(requestKey(claim), claim.attemptId, 0));
    },
  };
}

function place(key: string, field: string): Place {
  return ['request', field, key];
}
