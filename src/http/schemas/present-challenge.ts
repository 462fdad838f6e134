import type { Challenge, LoginContext } from '../../domain/challenge/challenge.ts';
import { devicesFor, liveCode, targets } from '../../domain/challenge/code-in-play.ts';
import { editOf } from '../../domain/challenge/edit.ts';
import { enrolmentOf } from '../../domain/challenge/enrolment.ts';
import { knownDeviceOf } from '../../domain/challenge/lane.ts';
import { challengeLimits } from '../../domain/challenge/limits.ts';
import { noCodeOf } from '../../domain/challenge/no-code.ts';
import type { SetupMethods } from '../../domain/challenge/setup-methods.ts';
import {
  acceptedProofs,
  endReasonOf,
  isLocked,
  type Stage,
  stageOf,
} from '../../domain/challenge/stage.ts';
import { factorKind } from '../../domain/factors/index.ts';
import type { Settings } from '../../domain/ports.ts';
import type { ReturnProofs } from '../../domain/secrets/return-proof.ts';
import type { Tokens } from '../credentials/tokens.ts';
import type { ChallengeBody } from './challenge-schema.ts';

export type Presenter = {
  settings: Settings;
  tokens: Tokens;
  proofs: ReturnProofs;
  /** Where browsers reach us, without a slash at the end. */
  publicUrl: string;
};

/** Presents a challenge to the holder of its token: hints only, no full address. */
export function presentChallenge(
  { settings, tokens }: Presenter,
  context: LoginContext,
): ChallengeBody {
  const { challenge } = context;
  return {
    id: challenge.id,
    purpose: challenge.purpose,
    status: statusOf(stageOf(context)),
    now: iso(context.now),
    expiresAt: iso(challenge.expiresAt),
    policy: challenge.policy,
    client: challenge.client,
    language: challenge.language,
    factors: presentFactors(context),
    code: presentCode(context, settings),
    noCode: presentNoCode(context),
    codesRemaining: Math.max(0, challengeLimits.codes - challenge.codeIds.length),
    accepts: acceptedProofs(context),
    knownDevice: presentKnownDevice(context),
    enrolment: presentEnrolment(context, settings),
    edit: presentEdit(context, settings),
    ...endReason(context),
    ...retryAt(context),
    ...(challenge.minimumVersion && { minimumVersion: challenge.minimumVersion }),
    returnUrl: challenge.returnUrl,
    returnTo: null,
    // Somebody else may have the token: the proof in `returnTo` leads to the result.
    result: challenge.returnUrl === null ? presentResult(context, tokens) : null,
  };
}

function retryAt(context: LoginContext): Pick<ChallengeBody, 'retryAt'> {
  const { lockedUntil } = context.user;
  const locked = stageOf(context) === 'locked' && lockedUntil;
  return locked ? { retryAt: lockedUntil.toISOString() } : {};
}

function endReason(context: LoginContext): Pick<ChallengeBody, 'endReason'> {
  const cancelled = stageOf(context) === 'cancelled';
  return cancelled ? { endReason: endReasonOf(context) } : {};
}

function statusOf(stage: Stage): ChallengeBody['status'] {
  return stage === 'confirm' ? 'verify' : stage;
}

function presentFactors({ user }: LoginContext): ChallengeBody['factors'] {
  const drawn = user.factors.map(({ id, method, role, address }) => {
    const hint = factorKind(method).hint(address, user.devices.length);
    return { id, method, role, hint, ...presentDestination({ method, address }, user) };
  });
  return drawn.sort((a, b) => Number(b.role === 'primary') - Number(a.role === 'primary'));
}

function presentDestination(
  { method, address }: { method: string; address: string },
  { devices }: { devices: readonly unknown[] },
) {
  const app = factorKind(method).app(address);
  return { app, devices: app === null ? null : devices.length };
}

function presentCode(context: LoginContext, { callerNumber }: Settings): ChallengeBody['code'] {
  // The code of a locked user may be alive, but guesses are refused.
  const useless = stageOf(context) === 'cancelled' || isLocked(context);
  const code = useless ? null : liveCode(context);
  const target = targets(context).find(({ id }) => id === code?.factorId);
  if (!code || !target) return null;
  const destination = presentDestination(target, { devices: devicesFor(context, target) });
  return {
    factorId: code.factorId,
    method: code.method,
    hint: code.hint,
    ...destination,
    from: destination.app === null ? callerNumber : null,
    length: code.length,
    sentAt: iso(code.sentAt),
    expiresAt: iso(code.expiresAt),
    resendAt: iso(code.resendAt),
    attemptsRemaining: context.challenge.attemptsRemaining,
    delivery: code.delivery,
  };
}

function presentNoCode(context: LoginContext): ChallengeBody['noCode'] {
  const noCode = noCodeOf(context);
  if (!noCode) return null;
  const { reason, retryAt } = noCode;
  const target = targets(context).find(({ id }) => id === noCode.factorId);
  return {
    reason,
    retryAt: retryAt === null ? null : iso(retryAt),
    factorId: target?.id ?? null,
    method: target?.method ?? null,
    hint: target
      ? factorKind(target.method).hint(target.address, devicesFor(context, target).length)
      : null,
  };
}

function presentKnownDevice(context: LoginContext): ChallengeBody['knownDevice'] {
  const { days = 0 } = context.user.organization?.knownDevices ?? {};
  if (days === 0) return null;
  const recognized = knownDeviceOf(context) !== null;
  return { days, recognized, remember: context.challenge.remember === true };
}

function presentEnrolment(context: LoginContext, settings: Settings): ChallengeBody['enrolment'] {
  const enrolment = enrolmentOf(context, settings);
  if (!enrolment) return null;
  const { step, skippable, mandatoryFrom, methods, unavailable } = enrolment;
  return {
    step,
    skippable,
    mandatoryFrom: mandatoryFrom?.toISOString() ?? null,
    methods,
    unavailable: presentUnavailable(unavailable),
  };
}

function presentEdit(context: LoginContext, settings: Settings): ChallengeBody['edit'] {
  const edit = editOf(context, settings);
  if (!edit) return null;
  const { methods, unavailable, recoveryCodes: recoveryCodesRemaining } = edit;
  return { methods, unavailable: presentUnavailable(unavailable), recoveryCodesRemaining };
}

function presentUnavailable(unavailable: SetupMethods['unavailable']) {
  return unavailable.map(({ method, reason }) => ({ method, reason }));
}

export function presentResult(
  { challenge, now }: { challenge: Challenge; now: number },
  tokens: Tokens,
): ChallengeBody['result'] {
  const { approval, redeemedBy } = challenge;
  const token = tokens.signResult(challenge);
  if (!approval || !token || redeemedBy || now >= approval.resultExpiresAt) return null;
  return { token, expiresAt: iso(approval.resultExpiresAt), amr: approval.amr };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
