import { EventEmitter } from 'node:events';
import type {
  Challenge,
  ChallengeRef,
  ChallengeSnapshot,
  NewChallenge,
} from '../../domain/challenge/challenge.ts';
import { stamped } from '../../domain/challenge/code-in-play.ts';
import { proofLeaseMs } from '../../domain/challenge/limits.ts';
import { endedMemoryMs } from '../../domain/limits.ts';
import type { UserKey } from '../../domain/people.ts';
import type { ChallengeStore, CreationTerms, Guess, LookOutcome } from '../../domain/ports.ts';
import { minute } from '../../domain/time.ts';
import { type MemoryBudgets, roomAfter } from './budgets.ts';

type Stored = { challenge: Challenge; wrongAttempts: Set<string>; until: number };

/** Challenges in the memory of one process, for trying out. */
export function memoryChallengeStore(
  budgets: MemoryBudgets,
  { now }: { now: () => number },
): ChallengeStore {
  const all = new Map<string, Stored>();
  const changes = new EventEmitter().setMaxListeners(0);
  let sweptAt = now();
  const find = (ref: ChallengeRef, at: number): Stored | undefined => {
    const stored = all.get(keyOf(ref));
    return stored && at < stored.until ? stored : undefined;
  };
  const sweep = (at: number) => {
    if (at - sweptAt < minute) return;
    forgetOld(all, at);
    sweptAt = at;
  };

  /** @returns the milliseconds until there is room, or 0. */
  const takeStart = (
    { window, budget }: NonNullable<CreationTerms['starts']>,
    challenge: NewChallenge,
    at: number,
  ): number => {
    const windows = [window];
    if (budget) return budgets.take([{ ...budget, windows }], challenge.id)?.waitMs ?? 0;
    return roomAfter(startedBy(all, challenge), windows, at);
  };

  return {
    idFor: (_user, seed) => seed,

    async create(challenge, { lifetimeMs, starts, take }) {
      const at = now();
      sweep(at);
      const known = find(challenge, at);
      if (known && at < known.challenge.expiresAt)
        return { outcome: 'known', ...toSnapshot(known, at) };
      const startsMs = starts ? takeStart(starts, challenge, at) : 0;
      if (startsMs > 0) return { outcome: 'starts', retryAfterMs: startsMs };
      const codesMs = take && budgets.take(take.budgets, take.member)?.waitMs;
      if (codesMs) {
        if (starts?.budget) budgets.giveBack([starts.budget], [challenge.id]);
        return { outcome: 'codes', retryAfterMs: codesMs };
      }
      const times = { version: 1, createdAt: at, expiresAt: at + lifetimeMs };
      const code = challenge.code && stamped(challenge.code, at);
      const fields = structuredClone({ ...challenge, code, ...times });
      const endsAt = fields.outcome ? at : fields.expiresAt;
      const until = endsAt + endedMemoryMs;
      const stored = { challenge: fields, wrongAttempts: new Set<string>(), until };
      all.set(keyOf(challenge), stored);
      return { outcome: 'created', ...toSnapshot(stored, at) };
    },

    async read(ref) {
      const at = now();
      const stored = find(ref, at);
      return stored ? toSnapshot(stored, at) : null;
    },

    async find(id) {
      const at = now();
      const stored = [...all.values()].find(({ challenge }) => challenge.id === id);
      return stored && at < stored.until ? toSnapshot(stored, at) : null;
    },

    async openIn(user, lane) {
      const at = now();
      const open = [...all.values()].filter(
        ({ challenge }) =>
          isOf(challenge, user) &&
          challenge.lane === lane &&
          !challenge.outcome &&
          at < challenge.expiresAt,
      );
      return open.map((stored) => toSnapshot(stored, at));
    },

    async change(before, patch, { ends = false, giveBack, unseen = false } = {}) {
      const at = now();
      const stored = find(before, at);
      if (!stored) return null;
      const { challenge } = stored;
      if (challenge.version !== before.version)
        return { changed: false, ...toSnapshot(stored, at) };
      if (giveBack) budgets.giveBack(giveBack.budgets, giveBack.members);
      const { code, ...fields } = structuredClone(patch);
      Object.assign(challenge, fields, { version: before.version + 1 });
      if (code !== undefined) challenge.code = code && stamped(code, at);
      if (ends) stored.until = at + endedMemoryMs;
      if (!unseen) changes.emit(keyOf(before));
      return { changed: true, ...toSnapshot(stored, at) };
    },

    async look(before, guess) {
      const at = now();
      const stored = find(before, at);
      if (!stored) return null;
      const outcome = look(stored, guess, at);
      if (outcome === 'wrong') changes.emit(keyOf(before));
      return { ...toSnapshot(stored, at), outcome };
    },

    async hideResult(ref, redeemedBy) {
      const stored = find(ref, now());
      if (!stored) return;
      const { challenge } = stored;
      const hidden = { approval: null, verified: null, redeemedBy, version: challenge.version + 1 };
      Object.assign(challenge, hidden);
      changes.emit(keyOf(ref));
    },

    async forgetUser(user) {
      for (const [key, { challenge }] of all) {
        if (!isOf(challenge, user)) continue;
        all.delete(key);
        changes.emit(key);
      }
    },

    async watch(ref, changed) {
      const listener = () => changed();
      changes.on(keyOf(ref), listener);
      return () => void changes.off(keyOf(ref), listener);
    },

    async ping() {},
  };
}

function keyOf({ organizationId, userId, id }: ChallengeRef): string {
  return JSON.stringify([organizationId, userId, id]);
}

function isOf(challenge: UserKey, { organizationId, userId }: UserKey): boolean {
  return challenge.organizationId === organizationId && challenge.userId === userId;
}

/** When each challenge of a user was started, oldest first. */
function startedBy(all: Map<string, Stored>, user: UserKey): number[] {
  const own = [...all.values()].filter(({ challenge }) => isOf(challenge, user));
  return own.map(({ challenge }) => challenge.createdAt).sort((a, b) => a - b);
}

/** A copy, so that a caller cannot change the store. */
function toSnapshot({ challenge }: Stored, now: number): ChallengeSnapshot {
  return { challenge: structuredClone(challenge), now };
}

function forgetOld(all: Map<string, Stored>, at: number): void {
  for (const [key, { until }] of all) {
    if (until <= at) all.delete(key);
  }
}

/** Counts the guess, then compares it. A right guess reserves the code for this attempt. */
function look(stored: Stored, { codeId, mac, attemptId }: Guess, at: number): LookOutcome {
  const { challenge, wrongAttempts } = stored;
  const { code, proof } = challenge;
  if (code?.id !== codeId) return 'superseded';
  if (wrongAttempts.has(attemptId)) return 'wrong';
  if (proof?.codeId === code.id) {
    if (proof.attemptId === attemptId && code.mac === mac) return 'right';
    if (at < proof.at + proofLeaseMs) return 'taken';
  }
  if (at >= code.expiresAt) return 'expired';
  if (challenge.attemptsRemaining <= 0) return 'exhausted';
  challenge.version += 1;
  if (code.mac === mac) {
    challenge.proof = { codeId: code.id, attemptId, at };
    return 'right';
  }
  challenge.attemptsRemaining -= 1;
  challenge.wrongGuesses += 1;
  wrongAttempts.add(attemptId);
  return 'wrong';
}
