import type { Cluster, Redis } from 'ioredis';
import type {
  Challenge,
  ChallengePatch,
  ChallengeRef,
  ChallengeSnapshot,
} from '../../domain/challenge/challenge.ts';
import { stamped } from '../../domain/challenge/code-in-play.ts';
import { proofLeaseMs } from '../../domain/challenge/limits.ts';
import { endedMemoryMs } from '../../domain/limits.ts';
import type { ChallengeStore } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { challengeFields, freshCode, refIn } from './challenge-hash.ts';
import { challengeIds } from './challenge-ids.ts';
import { redisChanges } from './changes.ts';
import { ping } from './connection/ping.ts';
import { orUnavailable } from './connection/reply-errors.ts';
import {
  budgetKey,
  challengeKey,
  challengeKeyIn,
  challengePrefix,
  startedKey,
  userSlot,
} from './keys.ts';
import { budgetText, windowsText } from './quotas.ts';
import { withScripts } from './scripts.ts';

/** A hash for each, and a sorted set of each user's ids. One script per operation; the only clock is the server's. */
export function redisChallengeStore(client: Redis | Cluster, sealing: Sealing): ChallengeStore {
  const redis = withScripts(client);
  const changes = redisChanges(client);
  const { toPairs, fromPairs } = challengeFields(sealing);
  const ids = challengeIds(sealing);
  const snapshot = (ref: ChallengeRef, now: number, fields: string[]): ChallengeSnapshot => ({
    challenge: fromPairs(ref, fields),
    now,
  });
  return {
    idFor: (user, seed) => ids.idIn(userSlot(user), seed),

    async create(challenge, { lifetimeMs, starts, take }) {
      const { budgets = [], member = '' } = take ?? {};
      const own = starts?.budget ? [starts.budget] : [];
      const taken = [...own, ...budgets].map(budgetKey);
      const keys = [challengeKey(challenge), startedKey(challenge), ...taken];
      const storedMs = (challenge.outcome ? 0 : lifetimeMs) + endedMemoryMs;
      const limits = starts ? [starts.window] : [];
      const args = [
        ...[lifetimeMs, storedMs, challenge.id, member, ...freshCode(challenge.code)],
        own.length,
        windowsText(own.length > 0 ? [] : limits, lifetimeMs + endedMemoryMs),
        ...own.map(() => windowsText(limits)),
        ...budgets.map(budgetText),
        ...toPairs(challenge, challenge),
      ];
      const reply = await orUnavailable(redis.createChallenge(keys.length, ...keys, ...args));
      if (reply[0] === 'starts' || reply[0] === 'codes')
        return { outcome: reply[0], retryAfterMs: reply[1] };
      const [outcome, now, fields] = reply;
      if (fields) return { outcome, ...snapshot(challenge, now, fields) };
      const code = challenge.code && stamped(challenge.code, now);
      const times = { version: 1, createdAt: now, expiresAt: now + lifetimeMs };
      return { outcome, challenge: { ...challenge, code, ...times }, now };
    },

    async read(ref) {
      const reply = await orUnavailable(redis.readChallenge(challengeKey(ref)));
      return reply && snapshot(ref, ...reply);
    },

    async find(id) {
      const keys = ids.slotsOf(id).map((slot) => challengeKeyIn(slot, id));
      const replies = await Promise.all(keys.map((key) => orUnavailable(redis.readChallenge(key))));
      const reply = replies.find((one) => one !== null);
      return reply ? snapshot(refIn(reply[1]), ...reply) : null;
    },

    async openIn(user, lane) {
      const keys = [startedKey(user), challengePrefix(user)] as const;
      const [now, all] = await orUnavailable(redis.openChallenges(...keys, JSON.stringify(lane)));
      return all.map((fields) => snapshot(refIn(fields), now, fields));
    },

    async change(before, patch, { ends = false, giveBack, unseen = false } = {}) {
      const { budgets = [], members = [] } = giveBack ?? {};
      const returned = members.length > 0 ? budgets.map(budgetKey) : [];
      const pairs = toPairs(before, patch, before);
      const args = [
        ...[before.version, ends ? endedMemoryMs : 0],
        ...[unseen ? '' : '1', endsLooks(before, patch) ? '1' : ''],
        ...[...freshCode(patch.code), pairs.length, ...pairs, ...members],
      ];
      const keys = [challengeKey(before), ...returned];
      const reply = await orUnavailable(redis.changeChallenge(keys.length, ...keys, ...args));
      if (!reply) return null;
      const [outcome, now, current] = reply;
      if (outcome === 'conflict') return { changed: false, ...snapshot(before, now, current) };
      return { changed: true, challenge: patched(before, patch, now), now };
    },

    async look(before, { codeId, mac, attemptId }) {
      const { version } = before;
      const guess = [codeId, mac, attemptId, proofLeaseMs, version] as const;
      const reply = await orUnavailable(redis.lookAtGuess(challengeKey(before), ...guess));
      if (!reply) return null;
      const [outcome, now, newVersion, attemptsRemaining, wrongGuesses, fields] = reply;
      if (fields) return { outcome, ...snapshot(before, now, fields) };
      const proved = outcome === 'right' && newVersion > version;
      const proof = proved ? { codeId, attemptId, at: now } : before.proof;
      const counted = { version: newVersion, attemptsRemaining, wrongGuesses, proof };
      return { outcome, challenge: { ...before, ...counted }, now };
    },

    async hideResult(ref, redeemedBy) {
      await orUnavailable(redis.hideResult(challengeKey(ref), JSON.stringify(redeemedBy)));
    },

    async forgetUser(user) {
      await orUnavailable(redis.forgetChallenges(startedKey(user), challengePrefix(user)));
    },

    watch: (ref, changed) => changes.watch(challengeKey(ref), changed),

    async ping() {
      await orUnavailable(ping(client));
    },
  };
}

/** What the change made of the challenge: it was at the version that was read. */
function patched(before: Challenge, { code, ...patch }: ChallengePatch, now: number): Challenge {
  const codeNow = code === undefined ? before.code : code && stamped(code, now);
  return { ...before, ...patch, code: codeNow, version: before.version + 1 };
}

/** Looks are stored for the code in play alone. */
function endsLooks({ code, wrongGuesses }: Challenge, patch: ChallengePatch): boolean {
  return wrongGuesses > 0 && patch.code !== undefined && patch.code?.id !== code?.id;
}
