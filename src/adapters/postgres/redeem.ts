import type { AuditEvent, EntryFor } from '../../domain/audit/audit.ts';
import { maxKnownDevices } from '../../domain/limits.ts';
import type { ChallengeOutcomes, Redemption } from '../../domain/ports.ts';
import { recordEvents } from './audit/record-events.ts';
import type { Database } from './connection/client.ts';
import type { Prisma } from './generated/client.ts';
import type { RememberedRow } from './grouped/changes.ts';
import { describe } from './users/known-devices.ts';

type Redeem = ChallengeOutcomes['redeem'];

/** Redeems a result, and gives its known device a token. To add a device takes a transaction of its own. */
export async function redeem(
  { prisma, change }: Pick<Database, 'prisma' | 'change'>,
  redemption: Parameters<Redeem>[0],
  { entryFor, ...offer }: Parameters<Redeem>[1],
): ReturnType<Redeem> {
  const asked = { ...redemption, ...offer, maxDevices: maxKnownDevices };
  const { outcome, device } = await change({ ...asked, do: 'redeem' });
  return outcome === 'new-device'
    ? prisma.$transaction((tx) => redeemWithDevice(tx, asked, entryFor))
    : toRedemption({ outcome, device });
}

type Answer = { outcome: Redemption['outcome']; device?: RememberedRow | undefined };

/** The account is locked before the outcome, as everywhere: no two wait in a circle. */
async function redeemWithDevice(
  tx: Prisma.TransactionClient,
  asked: Parameters<Redeem>[0],
  entryFor: EntryFor,
): Promise<Redemption> {
  const { organizationId, userId, challengeId } = asked;
  await tx.$executeRaw`SELECT lock_guess_account(${organizationId}, ${userId})`;
  await tx.$executeRaw`
    SELECT 1 FROM challenge_outcomes WHERE challenge_id = ${challengeId} FOR NO KEY UPDATE`;
  const [row] = await tx.$queryRaw<{ answer: Answer }[]>`
    SELECT redeem_and_remember(${JSON.stringify({ ...asked, mayAdd: true })}::jsonb) AS answer`;
  if (!row) throw new Error('A redemption always has one outcome');
  const { device } = row.answer;
  if (device?.isNew) await recordEvents(tx, entriesOf(device, entryFor));
  return toRedemption(row.answer);
}

function entriesOf({ replaced, ...added }: RememberedRow, entryFor: EntryFor): AuditEvent[] {
  const removed = replaced.map((device) =>
    entryFor('known-device.removed', { ...describe(device), reason: 'too-many' }),
  );
  return [entryFor('known-device.added', describe(added)), ...removed];
}

function toRedemption({ outcome, device }: Answer): Redemption {
  if (outcome !== 'redeemed') return { outcome, device: null };
  return { outcome, device: device ? { ...device, expiresAt: new Date(device.expiresAt) } : null };
}
