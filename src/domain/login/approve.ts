import { randomUUID } from 'node:crypto';
import { inChallenge } from '../audit/audit.ts';
import {
  type Approval,
  approvalMemoryMs,
  type Code,
  type LoginContext,
  provedFactorId,
  resultTtlMs,
} from '../challenge/challenge.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import { factorKind } from '../factors/index.ts';
import type { Deps } from '../ports.ts';
import { hangUp } from '../sending/hang-up.ts';
import { giveBackUnapproved } from '../sending/sending-budgets.ts';
import { activateDevice } from './activate-device.ts';
import { type Claim, consumeCode, requireOpen } from './consume-code.ts';
import { forgiveGuesses } from './guess-account.ts';

/** RFC 8176: what stands behind an approval, given the method that was verified, if any. */
function amrOf(verified: string | null): string[] {
  return verified === null ? ['pwd'] : ['pwd', 'mfa', 'otp', ...factorKind(verified).amr];
}

/**
 * Ends a challenge well. The device it came from receives codes from now on, but only when a
 * second factor was verified: a password alone must not add a phone that gets the codes.
 *
 * @param verified the method of the factor that was verified in this challenge, if any.
 * @param claim the right guess that this is, if it is one.
 */
export async function approve(
  deps: Deps,
  context: LoginContext,
  verified: string | null,
  claim: Claim | null = null,
): Promise<LoginContext> {
  const { challenge } = context;
  const amr = amrOf(verified);
  if (verified) await activateDevice(deps, context);
  await record(deps, context, amr, claim);
  const resultId = randomUUID();
  let dropped: Code | null = null;
  const approved = await updateChallenge(
    deps,
    context,
    ({ challenge: current, now }) => {
      requireOpen(current, claim);
      dropped = claim ? null : current.code;
      const approval = newApproval(resultId, amr, now);
      const verifiedFactorId = claim ? provedFactorId(current) : current.verifiedFactorId;
      const proved = { verified, verifiedFactorId, approval };
      return { outcome: 'approved', ...proved, code: null, proof: null, pending: null };
    },
    approvalMemoryMs,
  );
  if (dropped) hangUp(deps, dropped);
  if (verified) await forgive(deps, approved);
  deps.log.info({ challengeId: challenge.id, amr }, 'approved');
  return approved;
}

/**
 * In the trail first: once it is approved, any replica may say so. The entry itself is what uses the
 * code up, as late as can be: what fails before leaves the code as good as it was.
 */
async function record(
  deps: Deps,
  context: LoginContext,
  amr: string[],
  claim: Claim | null,
): Promise<void> {
  const { trail } = deps;
  const details = { amr: amr.join(' ') };
  const entry = inChallenge(context.challenge, 'challenge.approved', details);
  if (!claim) return trail.record(entry);
  await consumeCode(deps, context, claim, (id, by) => trail.recordOnce(entry, id, by));
}

/** What was counted against the user was the user's own doing after all. */
async function forgive(deps: Deps, context: LoginContext): Promise<void> {
  const forgiving = [forgiveGuesses(deps, context), giveBackUnapproved(deps, context)];
  const failed = (await Promise.allSettled(forgiving)).find(({ status }) => status === 'rejected');
  // He is in all the same; what stays counted against him is on the safe side.
  if (failed) deps.log.warn({ challengeId: context.challenge.id }, 'not all could be forgiven');
}

function newApproval(resultId: string, amr: string[], at: number): Approval {
  return { resultId, amr, at, resultExpiresAt: at + resultTtlMs };
}
