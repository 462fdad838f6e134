import type { GuessAccount, UserKey } from '../../domain/people.ts';

/** Far longer than a code lives: each new one opens the account anew. */
const accountMs = 600_000;

/** The accounts of wrong guesses of the challenges beside them. */
export function memoryGuessAccounts({ now }: { now: () => number }) {
  const all = new Map<string, { account: GuessAccount; until: number }>();

  function find(user: UserKey): GuessAccount | undefined {
    const kept = all.get(keyOf(user));
    return kept && now() < kept.until ? kept.account : undefined;
  }

  return {
    /** The account itself, to be counted on; undefined when it is not known. */
    find,

    open(user: UserKey, known: GuessAccount): GuessAccount {
      const here = find(user) ?? known;
      const account = {
        short: Math.max(here.short, known.short),
        long: Math.max(here.long, known.long),
      };
      all.set(keyOf(user), { account, until: now() + accountMs });
      return { ...account };
    },

    takeOff(user: UserKey, approved: GuessAccount): void {
      const account = find(user);
      if (!account) return;
      account.short = Math.max(0, account.short - approved.short);
      account.long = Math.max(0, account.long - approved.long);
    },

    clear(user: UserKey): void {
      const account = find(user);
      if (account) Object.assign(account, { short: 0, long: 0 });
    },

    forget(user: UserKey): void {
      all.delete(keyOf(user));
    },

    forgetOld(): void {
      for (const [key, { until }] of all) {
        if (until <= now()) all.delete(key);
      }
    },
  };
}

function keyOf({ organizationId, userId }: UserKey): string {
  return JSON.stringify([organizationId, userId]);
}
