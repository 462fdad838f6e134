import type { Cluster, Redis } from 'ioredis';
import type { ChallengeRef, ChallengeSnapshot } from '../../domain/challenge/challenge.ts';
import { proofLeaseMs } from '../../domain/challenge/limits.ts';
import { challengeGraceMs } from '../../domain/limits.ts';
import type { ChallengeStore } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { challengeFields } from './challenge-hash.ts';
import { redisChanges } from './changes.ts';
import { ping } from './connection/ping.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { challengeKey, indexKey } from './keys.ts';
import { type Reply, withScripts } from './scripts.ts';

/** A hash for each, and a sorted set of each user's. One script per operation; the only clock is the server's. */
export function redisChallengeStore(client: Redis | Cluster, sealing: Sealing): ChallengeStore {
  const redis = withScripts(client);
  const changes = redisChanges(client);
  const { toPairs, fromPairs } = challengeFields(sealing);
  const toSnapshot = (ref: ChallengeRef, [now, fields]: Reply): ChallengeSnapshot => ({
    challenge: fromPairs(ref, fields),
    now,
  });
  return {
    async create(challenge, lifetimeMs) {
      const pairs = toPairs(challenge, challenge);
      const keys = [challengeKey(challenge), indexKey(challenge)] as const;
      const reply = await orUnavailable(
        redis.createChallenge(...keys, lifetimeMs, challengeGraceMs, ...pairs),
      );
      return toSnapshot(challenge, reply);
    },

    async read(ref) {
      const reply = await orUnavailable(redis.readChallenge(challengeKey(ref)));
      return reply && toSnapshot(ref, reply);
    },

    async change(ref, version, patch, keepMs = 0) {
      const pairs = toPairs(ref, patch);
      const keys = [challengeKey(ref), indexKey(ref)] as const;
      const reply = await orUnavailable(
        redis.changeChallenge(...keys, version, keepMs, challengeGraceMs, ...pairs),
      );
      return reply === null || reply === 'conflict' ? reply : toSnapshot(ref, reply);
    },

    async look(ref, { codeId, mac, attemptId }) {
      const reply = await orUnavailable(
        redis.lookAtGuess(challengeKey(ref), codeId, mac, attemptId, proofLeaseMs),
      );
      if (!reply) return null;
      const [now, fields, outcome] = reply;
      return { ...toSnapshot(ref, [now, fields]), outcome };
    },

    async forgetUser(user) {
      await orUnavailable(redis.forgetChallenges(indexKey(user)));
    },

    watch: (ref, changed) => changes.watch(challengeKey(ref), changed),

    async ping() {
      await orUnavailable(ping(client));
    },
  };
}
