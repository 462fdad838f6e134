import { EventEmitter } from 'node:events';
import type {
  Challenge,
  ChallengeRef,
  ChallengeSnapshot,
} from '../../domain/challenge/challenge.ts';
import { proofLeaseMs } from '../../domain/challenge/limits.ts';
import { challengeGraceMs } from '../../domain/limits.ts';
import type { ChallengeStore, Guess, LookOutcome } from '../../domain/ports.ts';

type Stored = { challenge: Challenge; wrongAttempts: Set<string>; until: number };

/** Challenges in the memory of one process, for trying out. */
export function memoryChallengeStore({ now }: { now: () => number }): ChallengeStore {
  const all = new Map<string, Stored>();
  const changes = new EventEmitter().setMaxListeners(0);
  let sweptAt = now();
  const find = (ref: ChallengeRef, at: number): Stored | undefined => {
    const stored = all.get(keyOf(ref));
    return stored && at < stored.until ? stored : undefined;
  };

  return {
    async create(challenge, lifetimeMs) {
      const at = now();
      if (at - sweptAt >= challengeGraceMs) {
        forgetOld(all, at);
        sweptAt = at;
      }
      const known = find(challenge, at);
      if (known && at < known.challenge.expiresAt) return toSnapshot(known, at);
      const expiresAt = at + lifetimeMs;
      const times = { version: 1, createdAt: at, expiresAt };
      const fields = { ...structuredClone(challenge), ...times };
      const stored = { challenge: fields, wrongAttempts: new Set<string>(), until: 0 };
      keep(stored, at, 0);
      all.set(keyOf(challenge), stored);
      return toSnapshot(stored, at);
    },

    async read(ref) {
      const at = now();
      const stored = find(ref, at);
      return stored ? toSnapshot(stored, at) : null;
    },

    async change(ref, version, patch, keepMs = 0) {
      const at = now();
      const stored = find(ref, at);
      if (!stored) return null;
      if (stored.challenge.version !== version) return 'conflict';
      Object.assign(stored.challenge, structuredClone(patch), { version: version + 1 });
      keep(stored, at, keepMs);
      changes.emit(keyOf(ref));
      return toSnapshot(stored, at);
    },

    async look(ref, guess) {
      const at = now();
      const stored = find(ref, at);
      if (!stored) return null;
      const outcome = look(stored, guess, at);
      if (outcome === 'wrong') changes.emit(keyOf(ref));
      return { ...toSnapshot(stored, at), outcome };
    },

    async forgetUser({ organizationId, userId }) {
      for (const [key, { challenge }] of all) {
        const own = challenge.organizationId === organizationId && challenge.userId === userId;
        if (!own) continue;
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

/** A copy, so that a caller cannot change the store. */
function toSnapshot({ challenge }: Stored, now: number): ChallengeSnapshot {
  return { challenge: structuredClone(challenge), now };
}

function keep(stored: Stored, at: number, keepMs: number): void {
  stored.until = Math.max(stored.until, at + keepMs, stored.challenge.expiresAt + challengeGraceMs);
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
