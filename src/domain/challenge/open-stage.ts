import { needsFirstPass } from '../policy.ts';
import type { LoginContext, VerifiedFactor } from './challenge.ts';

/** Stages of a challenge that has not ended. `confirm`: a code proves a new factor. */
export type OpenStage = 'verify' | 'enrol' | 'confirm' | 'edit';

export function openStageOf(context: LoginContext): OpenStage {
  const { challenge, user } = context;
  const always = challenge.purpose === 'step-up' || challenge.purpose === 'edit';
  const owed = always || user.factors.length > 0 || needsFirstPass(user);
  if (owed && proofOf(context) === null) return 'verify';
  if (challenge.pending) return 'confirm';
  return challenge.purpose === 'edit' ? 'edit' : 'enrol';
}

/** The second factor that was proved. In an edit it counts only while it is the user's: a lost phone may be removed meanwhile. */
export function proofOf({
  challenge,
  user,
}: Pick<LoginContext, 'challenge' | 'user'>): VerifiedFactor | null {
  const { purpose, verified } = challenge;
  if (purpose !== 'edit' || !verified || verified.factorId === null) return verified;
  const isActive = user.factors.some(({ id }) => id === verified.factorId);
  const asksForNone = user.factors.length === 0 && !needsFirstPass(user);
  return isActive || asksForNone ? verified : null;
}

/** A first factor needs a pass before: a password alone sets up nothing. */
export function needsPass({ challenge, user }: Pick<LoginContext, 'challenge' | 'user'>): boolean {
  return needsFirstPass(user) && proofOf({ challenge, user }) === null;
}

export function isSkippable(context: LoginContext): boolean {
  const { challenge, user } = context;
  if (challenge.purpose !== 'login') return false;
  if (openStageOf(context) === 'verify' && !needsPass(context)) return false;
  if (user.factors.length === 0) return challenge.policy === 'optional';
  return challenge.backup !== 'required' || user.factors.length > 1;
}
