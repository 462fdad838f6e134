/**
 * The attack: guess, and break something between any two steps of a guess, so that a look is free.
 * Only this test logs looks. Each must have its row in PostgreSQL at that moment.
 */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Pool } from 'pg';
import type { ChallengeRef } from '../../src/domain/challenge/challenge.ts';
import { verifyCode } from '../../src/domain/login/verify-code.ts';
import type { ChallengeStore, Deps } from '../../src/domain/ports.ts';
import { Problem } from '../../src/domain/problems.ts';
import { enrolled, useService } from '../support/service.ts';
import { inTurn } from '../support/stores.ts';
import { use } from '../support/use.ts';

const service = useService({ replicas: 2 });
const onlooker = use(() => {
  const pool = new Pool({ connectionString: service.databaseUrl, max: 4 });
  return { pool, close: () => pool.end() };
});

/** What becomes of one call of a store. */
const faults = ['none', 'none', 'none', 'not sent', 'answer lost', 'late'] as const;
type Fault = (typeof faults)[number];

type Guess = {
  /** Two guesses with the same key and digits are the same attempt. */
  key: number;
  digits: number;
  replica: number;
  /** For the charge, the look, settling and giving back. */
  faults: Fault[];
};
type Step = { do: 'guess'; atOnce: Guess[] } | { do: 'new code' } | { do: 'Redis goes back' };

const guess: fc.Arbitrary<Guess> = fc.record({
  key: fc.nat({ max: 2 }),
  digits: fc.nat({ max: 2 }),
  replica: fc.nat({ max: 1 }),
  faults: fc.array(fc.constantFrom(...faults), { minLength: 4, maxLength: 4 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('guess' as const),
      atOnce: fc.array(guess, { minLength: 1, maxLength: 6 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'new code' } as const) },
  { weight: 1, arbitrary: fc.constant({ do: 'Redis goes back' } as const) },
);

/** Looks that were made, and those of them that no row allowed. */
type LookLog = { made: Set<string>; free: string[] };

const lost = () => new Problem('unavailable', { retryAfterMs: 1_000 });

/** Carries a call out as the fault says; `late` is carried out after its caller heard that it failed. */
async function suffer<T>(fault: Fault, late: Promise<unknown>[], call: () => Promise<T>) {
  if (fault === 'not sent') throw lost();
  if (fault === 'late') {
    late.push(new Promise((resolve) => setImmediate(resolve)).then(call).catch(() => {}));
    throw lost();
  }
  const answer = await call();
  if (fault === 'answer lost') throw lost();
  return answer;
}

function faultyDeps(deps: Deps, plan: Fault[], log: LookLog, late: Promise<unknown>[]): Deps {
  const [charge = 'none', look = 'none', settle = 'none', giveBack = 'none'] = plan;
  const { guessAccounts, challenges } = deps;
  return {
    ...deps,
    guessAccounts: {
      ...guessAccounts,
      charge: (...args) => suffer(charge, late, () => guessAccounts.charge(...args)),
      settle: (...args) => suffer(settle, late, () => guessAccounts.settle(...args)),
      giveBack: (...args) => suffer(giveBack, late, () => guessAccounts.giveBack(...args)),
    },
    challenges: {
      ...challenges,
      look: (...args) => suffer(look, late, () => loggedLook(challenges, log, args)),
    },
  };
}

async function loggedLook(
  challenges: ChallengeStore,
  log: LookLog,
  [ref, attempt]: Parameters<ChallengeStore['look']>,
) {
  const looked = await challenges.look(ref, attempt);
  if (looked?.outcome !== 'wrong' && looked?.outcome !== 'right') return looked;
  log.made.add(attempt.attemptId);
  const { rowCount } = await onlooker.pool.query('SELECT 1 FROM wrong_guesses WHERE attempt = $1', [
    attempt.attemptId,
  ]);
  if (rowCount === 0) log.free.push(attempt.attemptId);
  return looked;
}

/** All that Redis knows, to be put back as a failover would that missed what came after. */
async function remember(): Promise<() => Promise<void>> {
  const keys = await service.redis.keys('dc:*');
  const dumps = await Promise.all(
    keys.map(async (key) => [key, await service.redis.dumpBuffer(key)] as const),
  );
  return async () => {
    for (const [key, dump] of dumps)
      if (dump) await service.redis.restore(key, 600_000, dump, 'REPLACE');
  };
}

async function attack(steps: Step[]): Promise<LookLog> {
  const user = await enrolled(service);
  const screen = await user.signIn();
  const ref: ChallengeRef = {
    organizationId: 'acme',
    userId: user.userId,
    id: screen.challenge.id,
  };
  const right = Number(user.heard());
  const log: LookLog = { made: new Set(), free: [] };
  const late: Promise<unknown>[] = [];
  const goBack = await remember();
  const run = randomUUID();
  for (const each of steps) {
    if (each.do === 'Redis goes back') await goBack();
    if (each.do === 'new code') {
      await service.advance(31_000);
      await screen.send();
    }
    if (each.do !== 'guess') continue;
    const guesses = each.atOnce.map(({ key, digits, replica, faults: plan }) => {
      // Never the digits of the first code; a later code may have them, rarely.
      const digitsOf = String((right + 1 + digits) % 10_000).padStart(4, '0');
      const entered = { digits: digitsOf, remember: false };
      const deps = faultyDeps(inTurn(service.deps, replica), plan, log, late);
      return verifyCode(deps, ref, entered, `${run} ${key}`).catch((thrown: unknown) => {
        if (!(thrown instanceof Problem)) throw thrown;
      });
    });
    await Promise.all(guesses);
  }
  await Promise.all(late);
  const { rows } = await onlooker.pool.query(
    `SELECT attempt FROM wrong_guesses WHERE challenge_id = $1`,
    [ref.id],
  );
  const stored = new Set(rows.map(({ attempt }) => attempt));
  const { rowCount: approved } = await onlooker.pool.query(
    `SELECT 1 FROM challenge_outcomes WHERE challenge_id = $1 AND outcome = 'approved'`,
    [ref.id],
  );
  if (approved) return { made: new Set(), free: [] };
  return {
    made: log.made,
    free: [...log.made].filter((attempt) => !stored.has(attempt)).concat(log.free),
  };
}

test('a failure between any two steps gives no look without its row, and at most nine looks', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 8 }), async (steps) => {
      const { made, free } = await attack(steps);
      expect(free).toEqual([]);
      expect(made.size).toBeLessThanOrEqual(9);
    }),
    // A smaller history would take longer to find than to understand.
    { numRuns: 15, endOnFailure: true },
  );
}, 240_000);
