import type { Cluster, Redis } from 'ioredis';
import type { ChallengeStore, Seen } from '../../domain/ports.ts';
import { answer } from './answer.ts';
import { fromPairs, toPairs } from './hash.ts';
import { challengeKey, indexKey } from './keys.ts';
import { type Reply, withScripts } from './scripts.ts';

/** Kept past its end, so that an expired challenge can be told from one that never was. */
const graceMs = 60_000;

/**
 * Challenges in Redis: a hash each, with a time to live from the first write on, and a sorted set
 * of those a user has. Every operation is one script, and the only clock is the server's.
 */
export function redisChallengeStore(client: Redis | Cluster): ChallengeStore {
  const redis = withScripts(client);
  return {
    async create(challenge, lifetimeMs) {
      const pairs = toPairs(challenge);
      const keys = [challengeKey(challenge), indexKey(challenge)] as const;
      return toSeen(await answer(redis.createChallenge(...keys, lifetimeMs, graceMs, ...pairs)));
    },

    async read(ref) {
      const reply = await answer(redis.readChallenge(challengeKey(ref)));
      return reply && toSeen(reply);
    },

    async change(ref, version, patch, keepMs = 0) {
      const pairs = toPairs(patch);
      const keys = [challengeKey(ref), indexKey(ref)] as const;
      const reply = await answer(
        redis.changeChallenge(...keys, version, keepMs, graceMs, ...pairs),
      );
      return reply === null || reply === 'conflict' ? reply : toSeen(reply);
    },

    async guess(ref, { codeId, mac }) {
      const reply = await answer(redis.guessChallenge(challengeKey(ref), codeId, mac));
      if (!reply) return null;
      const [now, fields, outcome] = reply;
      return { ...toSeen([now, fields]), outcome };
    },

    async forgetUser(user) {
      await answer(redis.forgetChallenges(indexKey(user)));
    },

    async ping() {
      await answer(redis.ping());
    },
  };
}

function toSeen([now, fields]: Reply): Seen {
  return { challenge: fromPairs(fields), now };
}
