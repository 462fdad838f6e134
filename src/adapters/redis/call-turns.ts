import type { Cluster, Redis } from 'ioredis';
import type { Mode } from '../../domain/mode.ts';
import type { CallTurns, Turn } from '../../domain/ports.ts';
import { second } from '../../domain/time.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import { organizationDigest, turnKeys } from './keys.ts';
import { withScripts } from './scripts.ts';

/** Turns in Redis. One script decides for all replicas, by the clock of the server. */
export function redisCallTurns(client: Redis | Cluster, mode: Mode = 'live'): CallTurns {
  const redis = withScripts(client);
  const keys = turnKeys(mode);
  return {
    async ask({ member, organizationId, perSecond, maxWaitMs, soonMs }): Promise<Turn> {
      const organization = organizationDigest(organizationId);
      const interval = second / perSecond;
      const reply = redis.takeTurn(...keys, member, organization, interval, maxWaitMs, soonMs);
      const [state, ms] = await orUnavailable(reply);
      if (state === 'granted') return { state, inMs: ms };
      return state === 'waiting' ? { state, againMs: ms } : { state, retryAfterMs: ms };
    },
    async giveUp({ member, perSecond }) {
      await orUnavailable(redis.giveUpTurn(...keys, member, second / perSecond));
    },
  };
}
