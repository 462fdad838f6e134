import type { UserKey } from '../../../domain/people.ts';
import type {
  ApprovalOutcome,
  ChargeOutcome,
  Redemption,
  RememberedDevice,
} from '../../../domain/ports.ts';
import type { Limits } from '../connection/limits.ts';
import type { RunStatement } from '../connection/statements.ts';
import { inGroups } from './in-groups.ts';
import type { UserRow } from './user-rows.ts';

/** The changes that logins make, with what `write_change` answers. Times are in RFC 3339. */
type Answers = {
  record: { outcome: 'recorded' };
  charge: { outcome: ChargeOutcome['outcome']; fullUntil: string | null; user: UserRow };
  settle: { position: number; recent: number; fullUntil: string | null };
  giveBack: { outcome: 'given back' };
  /** `other-device`: nothing was done. */
  approve: { outcome: ApprovalOutcome['outcome'] | 'other-device'; resultId: string | null };
  consume: { outcome: 'consumed' | 'over' };
  cancel: { outcome: 'cancelled' | 'approved' };
  /** `new-device`: nothing was done. */
  redeem: { outcome: Redemption['outcome'] | 'new-device'; device?: RememberedRow };
  recognize: { outcome: 'recognized' | 'unknown' | 'stolen'; device: string | null; user: UserRow };
};

/** What a redemption did to a known device, as `redeem_and_remember` answers. */
export type RememberedRow = Omit<RememberedDevice, 'expiresAt'> & { expiresAt: string };

type Kind = keyof Answers;

/** The user whose account the change locks. An entry may be about no user. */
type About = { [Id in keyof UserKey]: string | null };

type Change = About & { do: Kind } & Record<string, unknown>;
type Answer = { outcome: string };

/** Makes one change. Resolves when it is on disk. The other fields are those that `write_change` reads. */
export type WriteChange = <Name extends Kind>(
  change: About & { do: Name } & Record<string, unknown>,
) => Promise<Answers[Name]>;

const writeChanges = {
  name: 'write_changes',
  text: 'SELECT write_changes($1::jsonb) AS answer',
};

/** Makes changes: those that arrive at the same time, in one statement with one commit. */
export function groupedChanges(
  run: RunStatement,
  limits: Limits,
  onGroup: (changes: number) => void = () => {},
): WriteChange {
  const write = inGroups<Change, Answer>(
    {
      async send(changes) {
        onGroup(changes.length);
        const rows = await run<{ answer: Answer }>(writeChanges, [JSON.stringify(changes)]);
        return rows.map(({ answer }) => answer);
      },
      keyOf: accountOf,
      isBusy: ({ outcome }) => outcome === 'busy',
    },
    limits,
  );
  return write as WriteChange;
}

/** Entries do not lock the account against each other. */
function accountOf({ do: kind, organizationId, userId }: Change): string | null {
  return kind === 'record' ? null : JSON.stringify([organizationId, userId]);
}
