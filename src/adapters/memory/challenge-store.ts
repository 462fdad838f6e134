import { EventEmitter } from 'node:events';
import type { ChallengeRef, ChallengeSnapshot } from '../../domain/challenge/challenge.ts';
import { type Challenge, kindOf, proofLeaseMs } from '../../domain/challenge/challenge.ts';
import { challengeGraceMs } from '../../domain/limits.ts';
import type { GuessAccount } from '../../domain/people.ts';
import type { ChallengeStore, GuessLimits, GuessOutcome } from '../../domain/ports.ts';
import { memoryGuessAccounts } from './guess-accounts.ts';

type Kept = { challenge: Challenge; until: number };

/** Challenges inside this process: for trying out, one replica, gone with it. */
export function memoryChallengeStore({ now }: { now: () => number }): ChallengeStore {
  const all = new Map<string, Kept>();
  const accounts = memoryGuessAccounts({ now });
  const changes = new EventEmitter().setMaxListeners(0);
  let sweptAt = now();
  const find = (ref: ChallengeRef, at: number): Kept | undefined => {
    const kept = all.get(keyOf(ref));
    return kept && at < kept.until ? kept : undefined;
  };

  return {
    async create(challenge, lifetimeMs) {
      const at = now();
      if (at - sweptAt >= challengeGraceMs) {
        forgetOld(all, at);
        accounts.forgetOld();
        sweptAt = at;
      }
      const expiresAt = at + lifetimeMs;
      const times = { version: 1, createdAt: at, expiresAt };
      const kept = { challenge: { ...structuredClone(challenge), ...times }, until: 0 };
      keep(kept, at, 0);
      all.set(keyOf(challenge), kept);
      return toSnapshot(kept, at);
    },

    async read(ref) {
      const at = now();
      const kept = find(ref, at);
      return kept ? toSnapshot(kept, at) : null;
    },

    async change(ref, version, patch, keepMs = 0) {
      const at = now();
      const kept = find(ref, at);
      if (!kept) return null;
      if (kept.challenge.version !== version) return 'conflict';
      Object.assign(kept.challenge, structuredClone(patch), { version: version + 1 });
      keep(kept, at, keepMs);
      changes.emit(keyOf(ref));
      return toSnapshot(kept, at);
    },

    async guess(ref, attempt, limits) {
      const at = now();
      const kept = find(ref, at);
      if (!kept) return null;
      const account = accounts.find(ref);
      const outcome = look(kept.challenge, { ...attempt, at }, account, limits);
      if (outcome === 'wrong') changes.emit(keyOf(ref));
      return { ...toSnapshot(kept, at), outcome };
    },

    async openAccount(user, known) {
      return accounts.open(user, known);
    },

    async takeOff(user, approved) {
      accounts.takeOff(user, approved);
    },

    async clearAccount(user) {
      accounts.clear(user);
    },

    async forgetUser({ organizationId, userId }) {
      accounts.forget({ organizationId, userId });
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

/** A copy: what a caller does with it changes nothing here. */
function toSnapshot({ challenge }: Kept, now: number): ChallengeSnapshot {
  return { challenge: structuredClone(challenge), now };
}

function keep(kept: Kept, at: number, keepMs: number): void {
  kept.until = Math.max(kept.until, at + keepMs, kept.challenge.expiresAt + challengeGraceMs);
}

function forgetOld(all: Map<string, Kept>, at: number): void {
  for (const [key, { until }] of all) {
    if (until <= at) all.delete(key);
  }
}

/** Counts the guess, then compares it, then keeps everyone else from the code if it was right. */
function look(
  challenge: Challenge,
  guess: { codeId: string; mac: string; by: string; at: number },
  account: GuessAccount | undefined,
  limits: GuessLimits,
): GuessOutcome {
  const { code, proof } = challenge;
  if (code?.id !== guess.codeId) return 'superseded';
  if (proof?.codeId === code.id) {
    if (proof.by === guess.by && code.mac === guess.mac) return 'right';
    if (guess.at < proof.at + proofLeaseMs) return 'taken';
  }
  if (guess.at >= code.expiresAt) return 'expired';
  if (challenge.attemptsRemaining <= 0) return 'exhausted';
  const kind = kindOf(code);
  if (!account) return 'superseded';
  if (account[kind] >= limits[kind]) return 'account-full';
  challenge.version += 1;
  if (code.mac === guess.mac) {
    challenge.proof = { codeId: code.id, by: guess.by, at: guess.at };
    return 'right';
  }
  challenge.attemptsRemaining -= 1;
  challenge.wrongGuesses += 1;
  if (kind === 'long') challenge.wrongLongGuesses += 1;
  account[kind] += 1;
  return 'wrong';
}
