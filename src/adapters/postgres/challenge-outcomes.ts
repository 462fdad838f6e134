import { strangersLane } from '../../domain/challenge/challenge.ts';
import type { Device } from '../../domain/people.ts';
import type {
  ApprovalOutcome,
  ChallengeApproval,
  ChallengeOutcomes,
  StoredApproval,
} from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { eventRows, recordEvents, recordTogether } from './audit/record-events.ts';
import { pruneRows } from './connection/batches.ts';
import type { Database } from './connection/client.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';
import type { WriteChange } from './grouped/changes.ts';
import { redeem } from './redeem.ts';
import { tokenHashes } from './sealed/sealed-columns.ts';
import { putDevice } from './users/devices.ts';
import { lockUser } from './users/lock-user.ts';
import { lockToken } from './users/take-push-token.ts';
import { recordSkip } from './users/users.ts';

/** How challenges ended, in PostgreSQL. */
export function challengeOutcomes(
  { prisma, run, change }: Database,
  sealing: Sealing,
): Omit<ChallengeOutcomes, 'prune'> {
  return {
    async approve(approval) {
      const ofUser = approval.skipped !== null || needsUser(approval);
      const ended = ofUser ? null : await approve(change, sealing, approval);
      return ended ?? prisma.$transaction((tx) => approveWithUser(tx, sealing, approval));
    },

    async cancel(challenge, entry) {
      const { id: challengeId, organizationId, userId, client, purpose, lane } = challenge;
      const ended = { challengeId, organizationId, userId, client, purpose, lane };
      const entries = eventRows([entry]);
      const whileKnown = entry.whileKnown ?? false;
      const { outcome } = await change({ ...ended, whileKnown, entries, do: 'cancel' });
      return outcome === 'cancelled';
    },

    deny: (challenge, others, entries) =>
      prisma.$transaction((tx) => deny(tx, challenge, others, entries)),

    async consumeCode({ organizationId, userId }, code) {
      const { outcome } = await change({ ...code, organizationId, userId, do: 'consume' });
      return outcome === 'consumed';
    },

    redeem: (redemption, offer) => redeem({ prisma, change }, redemption, offer),

    async findApproval(challengeId) {
      const [row] = await run<ApprovalRow>(findApproval, [challengeId]);
      return row ? toApproval(row) : null;
    },
  };
}

const findApproval = {
  name: 'find_approval',
  text: `SELECT organization_id AS "organizationId", user_id AS "userId", client, purpose, lane, method,
      factor_id AS "factorId", (extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS "ageMs"
    FROM challenge_outcomes WHERE challenge_id = $1 AND outcome = 'approved'`,
};

/** Whether the user's row must be there. With a code or a known device, their account must be there anyway. */
function needsUser({ codeId, entries, challenge }: ChallengeApproval): boolean {
  if (challenge.lane !== strangersLane) return false;
  return codeId === null && entries.some(({ whileKnown }) => whileKnown);
}

type ApprovalRow = Omit<StoredApproval, 'verified'> & {
  method: string | null;
  factorId: string | null;
};

function toApproval({ method, factorId, ...row }: ApprovalRow): StoredApproval {
  return { ...row, verified: method ? { method, factorId } : null };
}

/** Changes the user's row too, which is locked before the account: no two wait in a circle. */
async function approveWithUser(
  tx: Prisma.TransactionClient,
  sealing: Sealing,
  approval: ChallengeApproval,
): Promise<ApprovalOutcome> {
  const { challenge, skipped, device } = approval;
  const { organizationId, userId } = challenge;
  const user = { organizationId, userId };
  const pushToken = device?.device.pushToken;
  const known = pushToken
    ? await lockToken(tx, sealing, { user, pushToken }, lockUser)
    : await lockUser(tx, user);
  if (!known && needsUser(approval)) return { outcome: 'gone' };
  const ended = await approveIn(tx, approval);
  if (ended.outcome !== 'approved' || !known) return ended;
  if (skipped) await tx.$executeRaw(recordSkip(user, skipped));
  if (!device) return ended;
  const put = { user, device: device.device };
  return { ...ended, deviceChange: await putDevice(tx, sealing, put, device.entryFor) };
}

/** @returns null, with nothing done, when the device is new, or something of it is. */
async function approve(
  change: WriteChange,
  sealing: Sealing,
  approval: ChallengeApproval,
): Promise<ApprovalOutcome | null> {
  const device = approval.device && deviceFields(sealing, approval.device.device);
  const fields = { ...toFields(approval), ...(device && { device }) };
  const { outcome, resultId } = await change({ ...fields, do: 'approve' });
  return outcome === 'other-device' ? null : toOutcome({ outcome, resultId });
}

function deviceFields(sealing: Sealing, { id, platform, pushToken }: Device) {
  const [pushTokenHash] = tokenHashes(sealing, pushToken);
  return { id, platform, pushTokenHash };
}

async function approveIn(
  tx: Prisma.TransactionClient,
  approval: ChallengeApproval,
): Promise<ApprovalOutcome> {
  const { organizationId, userId } = approval.challenge;
  const [row] = await tx.$queryRaw<Ended[]>`
    SELECT outcome, result_id AS "resultId"
    FROM approve_login(${JSON.stringify(toFields(approval))}::jsonb,
      lock_guess_account(${organizationId}, ${userId}))`;
  if (!row) throw new Error('An approval always has one outcome');
  return toOutcome(row);
}

type Denying = Parameters<ChallengeOutcomes['deny']>;

/** Waits for an approval under way: then it is worthless too. */
async function deny(
  tx: Prisma.TransactionClient,
  challenge: Denying[0],
  others: Denying[1],
  { denied, cancelled }: Denying[2],
): Promise<void> {
  const { organizationId, userId, id } = challenge;
  await tx.$executeRaw`SELECT lock_guess_account(${organizationId}, ${userId})`;
  const ends = [challenge, ...others].map(({ id: challengeId, client, purpose, lane }) => ({
    ...{ challengeId, client, purpose, lane, organizationId, userId, outcome: 'cancelled' },
  }));
  const rows = { data: ends, skipDuplicates: true, select: { challengeId: true } };
  const ended = await tx.challengeOutcome.createManyAndReturn(rows);
  await tx.$executeRaw`
    UPDATE challenge_outcomes SET outcome = 'cancelled', method = NULL, factor_id = NULL,
      result_id = CASE WHEN redeemed_by IS NULL THEN NULL ELSE result_id END
    WHERE challenge_id = ${id}`;
  await recordEvents(tx, [denied], id);
  const isEnded = new Set(ended.map(({ challengeId }) => challengeId));
  await recordTogether(
    tx,
    cancelled.filter((entry) => isEnded.has(entry.challengeId ?? '')),
  );
}

type Ended = { outcome: ApprovalOutcome['outcome']; resultId: string | null };

function toOutcome({ outcome, resultId }: Ended): ApprovalOutcome {
  return outcome === 'approved' ? { outcome, resultId, deviceChange: 'unchanged' } : { outcome };
}

/** What `approve_login` reads. */
function toFields(approval: ChallengeApproval) {
  const { challenge, verified, attemptId, amr, resultId, resultTtlMs, codeId, factorId } = approval;
  const { byCode, remember } = approval;
  const { id: challengeId, organizationId, userId, client, app, purpose, lane } = challenge;
  const ended = {
    challengeId,
    organizationId,
    userId,
    client,
    app,
    purpose,
    lane,
    byCode,
    remember,
  };
  return {
    ...ended,
    attemptId,
    method: verified?.method ?? null,
    verifiedFactorId: verified?.factorId ?? null,
    amr: amr.join(' '),
    resultId,
    resultTtlMs,
    codeId,
    factorId,
    entries: eventRows(approval.entries),
  };
}

export async function pruneOutcomes(prisma: PrismaClient, moment: Date): Promise<void> {
  const before = moment.toISOString();
  const matches = Prisma.sql`at < ${before}::timestamptz`;
  await pruneRows(prisma, { table: 'challenge_outcomes', key: 'challenge_id' }, matches);
  await pruneRows(prisma, { table: 'spent_ids', key: 'id' }, matches);
}
