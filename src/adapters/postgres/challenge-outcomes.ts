import type {
  ApprovalOutcome,
  ChallengeApproval,
  ChallengeOutcomes,
  StoredApproval,
} from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { eventsJson } from './audit/record-events.ts';
import { pruneRows } from './connection/batches.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';
import { putDevice } from './users/devices.ts';
import { lockUser } from './users/lock-user.ts';
import { lockToken } from './users/take-push-token.ts';
import { recordSkip } from './users/users.ts';

/** How challenges ended, in PostgreSQL. */
export function challengeOutcomes(
  prisma: PrismaClient,
  sealing: Sealing,
): Omit<ChallengeOutcomes, 'prune'> {
  return {
    approve(approval) {
      const { skipped, device } = approval;
      if (!skipped && !device && !needsUser(approval)) return approve(prisma, approval);
      return prisma.$transaction((tx) => approveWithUser(tx, sealing, approval));
    },

    async cancel(challenge, entry) {
      const { id, organizationId, userId, client, purpose, lane } = challenge;
      const [row] = await prisma.$queryRaw<{ cancelled: boolean }[]>`
        SELECT CASE WHEN ${!entry.whileKnown}::boolean OR keep_user(${organizationId}, ${userId})
          THEN cancel_challenge(${id}, ${organizationId}, ${userId}, ${client}, ${purpose}, ${lane},
            ${eventsJson([entry])}::jsonb)
          ELSE true END AS cancelled`;
      return row?.cancelled ?? false;
    },

    async consumeCode({ organizationId, userId }, { codeId, attemptId }) {
      const [row] = await prisma.$queryRaw<{ consumed: boolean }[]>`
        SELECT consume_code(${organizationId}, ${userId}, ${codeId}, ${attemptId}) AS consumed`;
      return row?.consumed ?? false;
    },

    async redeem(redemption) {
      const { challengeId, organizationId, userId, resultId, client, purpose, attemptId } =
        redemption;
      const valid = Prisma.sql`challenge_id = ${challengeId} AND result_id = ${resultId}
        AND organization_id = ${organizationId} AND user_id = ${userId} AND client = ${client}
        AND purpose = ${purpose} AND result_expires_at > clock_timestamp()`;
      const redeemed = await prisma.$executeRaw`
        UPDATE challenge_outcomes SET redeemed_by = ${attemptId}
        WHERE ${valid} AND (redeemed_by IS NULL OR redeemed_by = ${attemptId})`;
      if (redeemed > 0) return 'redeemed';
      const rows = await prisma.$queryRaw<unknown[]>`
        SELECT 1 AS found FROM challenge_outcomes WHERE ${valid}`;
      return rows.length > 0 ? 'already-redeemed' : 'invalid';
    },

    async findApproval(challengeId) {
      const [row] = await prisma.$queryRaw<ApprovalRow[]>`
        SELECT organization_id AS "organizationId", user_id AS "userId", client, purpose, lane, method,
          factor_id AS "factorId",
          (extract(epoch FROM clock_timestamp() - at) * 1000)::float8 AS "ageMs"
        FROM challenge_outcomes WHERE challenge_id = ${challengeId} AND outcome = 'approved'`;
      return row ? toApproval(row) : null;
    },
  };
}

/** Whether the user's row must be there. With a code, the account of its guess must be there anyway. */
function needsUser({ codeId, entries }: ChallengeApproval): boolean {
  return codeId === null && entries.some(({ whileKnown }) => whileKnown);
}

type ApprovalRow = Omit<StoredApproval, 'verified'> & {
  method: string | null;
  factorId: string | null;
};

function toApproval({ method, factorId, ...row }: ApprovalRow): StoredApproval {
  return { ...row, verified: method && factorId ? { method, factorId } : null };
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
  const ended = await approve(tx, approval);
  if (ended.outcome !== 'approved' || !known) return ended;
  if (skipped) await tx.$executeRaw(recordSkip(user, skipped));
  if (!device) return ended;
  const put = { user, device: device.device };
  return { ...ended, deviceChange: await putDevice(tx, sealing, put, device.entryFor) };
}

async function approve(
  db: PrismaClient | Prisma.TransactionClient,
  approval: ChallengeApproval,
): Promise<ApprovalOutcome> {
  const { challenge, attemptId, verified, amr, resultId, resultTtlMs, codeId, entries } = approval;
  const outcome = {
    challenge_id: challenge.id,
    organization_id: challenge.organizationId,
    user_id: challenge.userId,
    client: challenge.client,
    purpose: challenge.purpose,
    lane: challenge.lane,
    attempt: attemptId,
    method: verified?.method,
    factor_id: verified?.factorId,
    amr: amr.join(' '),
    result_id: resultId,
  };
  const [row] = await db.$queryRaw<{ outcome: ApprovalOutcome['outcome']; resultId: string }[]>`
    SELECT outcome, result_id AS "resultId"
    FROM approve_challenge(${JSON.stringify(outcome)}::jsonb,
      ${eventsJson(entries)}::jsonb, ${codeId}, ${resultTtlMs}::int)`;
  if (!row) throw new Error('An approval always has one outcome');
  const { outcome: ended, resultId: stored } = row;
  if (ended !== 'approved') return { outcome: ended };
  return { outcome: ended, resultId: stored, deviceChange: 'unchanged' };
}

export async function pruneOutcomes(prisma: PrismaClient, moment: Date): Promise<void> {
  const before = moment.toISOString();
  const matches = Prisma.sql`at < ${before}::timestamptz`;
  await pruneRows(prisma, { table: 'challenge_outcomes', key: 'challenge_id' }, matches);
  await pruneRows(prisma, { table: 'spent_ids', key: 'id' }, matches);
}
