import { randomUUID } from 'node:crypto';
import { type AuditEvent, entriesIn, inChallenge } from '../audit/audit.ts';
import {
  type Code,
  isSignIn,
  type LoginContext,
  type VerifiedFactor,
} from '../challenge/challenge.ts';
import { resultTtlMs } from '../challenge/limits.ts';
import { afterEnd } from '../challenge/new-challenge.ts';
import { updateChallenge } from '../challenge/open-challenge.ts';
import { factorKind } from '../factors/index.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { hangUp } from '../sending/hang-up.ts';
import { unapprovedCodes } from '../sending/sending-budgets.ts';
import { tellOfDevice } from '../sending/tell-devices.ts';
import { second } from '../time.ts';

export type ApprovalDeps = Pick<
  Deps,
  'challenges' | 'outcomes' | 'guessAccounts' | 'fingerprint' | 'channels' | 'metrics' | 'log'
>;

export type Grounds = {
  attemptId: string;
  verified: VerifiedFactor | null;
  code?: Code;
  skipped?: 'primary' | 'backup';
  remember?: boolean;
  /** No code was asked for, since the device is known. */
  knownDevice?: true | undefined;
  started?: AuditEvent;
};

function amrOf(verified: VerifiedFactor | null): string[] {
  if (verified === null) return ['pwd'];
  const own = verified.factorId === null ? [] : factorKind(verified.method).amr;
  return ['pwd', 'mfa', 'otp', ...own];
}

/** PostgreSQL decides, Redis follows. Only a second factor adds a device: a password alone must not add a phone. */
export async function approve(
  deps: ApprovalDeps,
  context: LoginContext,
  grounds: Grounds,
): Promise<LoginContext> {
  const { challenge } = context;
  const { verified, knownDevice } = grounds;
  const amr = amrOf(verified);
  const resultId = await record(deps, context, grounds, amr);
  let dropped: Code | null = null;
  const approved = await updateChallenge(
    deps,
    context,
    ({ challenge: current, now }) => {
      // It was approved, and then denied before this.
      if (current.endReason === 'denied') throw new Problem('challenge-finished');
      dropped = current.code;
      const times = { at: now, resultExpiresAt: now + resultTtlMs };
      const approval = { resultId, amr, ...times, ...(knownDevice && { knownDevice }) };
      const remember = grounds.remember ? true : current.remember;
      return { ...afterEnd, outcome: 'approved', verified, approval, remember };
    },
    (current) => ({
      ends: true,
      ...(verified && { giveBack: unapprovedCodes(deps, current) }),
    }),
  );
  if (dropped && !grounds.code) hangUp(deps, dropped);
  deps.metrics.approvedAfter(challenge.purpose, (context.now - challenge.createdAt) / second);
  return approved;
}

async function record(
  deps: ApprovalDeps,
  context: LoginContext,
  grounds: Grounds,
  amr: string[],
): Promise<string | null> {
  const { challenge, user } = context;
  const { attemptId, verified, code, skipped, started, remember = false } = grounds;
  const device = verified && challenge.device;
  const ended = await deps.outcomes.approve({
    challenge,
    attemptId,
    verified,
    amr,
    resultId: isSignIn(challenge) ? randomUUID() : null,
    resultTtlMs,
    codeId: code?.id ?? null,
    factorId: code?.factorId ?? null,
    skipped: skipped ?? null,
    byCode: code !== undefined || challenge.codeProved === true,
    remember: remember || challenge.remember === true,
    device: device && { device, entryFor: entriesIn(challenge) },
    entries: [...(started ? [started] : []), ...entriesOf(context, amr, grounds)],
  });
  if (ended.outcome === 'approved') {
    // The statement that uses a code up forgives by itself.
    if (verified && !code) await deps.guessAccounts.forgive(challenge);
    if (device) tellOfDevice(deps, user, device, ended.deviceChange);
    return ended.resultId;
  }
  if (ended.outcome === 'over' && code) throw await dropCode(deps, context, code.id);
  if (ended.outcome === 'no-factor') throw new Problem('code-not-sent');
  throw new Problem(ended.outcome === 'finished' ? 'challenge-finished' : 'challenge-expired');
}

function entriesOf(
  { challenge }: LoginContext,
  amr: string[],
  { skipped, knownDevice }: Grounds,
): AuditEvent[] {
  const details = { amr: amr.join(' '), ...(knownDevice && { knownDevice }) };
  const approved = inChallenge(challenge, 'challenge.approved', details);
  if (!skipped) return [approved];
  return [inChallenge(challenge, 'enrolment.skipped', { step: skipped }), approved];
}

/** Removes a code that another attempt consumed. Redis had lost that. */
export async function dropCode(
  deps: Pick<Deps, 'challenges'>,
  context: LoginContext,
  codeId: string,
): Promise<Problem> {
  await updateChallenge(deps, context, ({ challenge: { code } }) =>
    code?.id === codeId ? { code: null, proof: null } : null,
  );
  return new Problem('code-not-sent');
}
