import { needsFirstPass } from '../policy.ts';
import type { LoginContext } from './challenge.ts';

/** Stages of a challenge that has not ended. `confirm`: a code proves a new factor. */
export type OpenStage = 'verify' | 'enrol' | 'confirm';

export function openStageOf({ challenge, user }: LoginContext): OpenStage {
  const owed = user.factors.length > 0 || challenge.purpose === 'step-up' || needsFirstPass(user);
  if (owed && challenge.verified === null) return 'verify';
  return challenge.pending ? 'confirm' : 'enrol';
}

/** A first factor needs a pass before: a password alone sets up nothing. */
export function needsPass({ challenge, user }: LoginContext): boolean {
  return challenge.verified === null && needsFirstPass(user);
}

export function isSkippable(context: LoginContext): boolean {
  const { challenge, user } = context;
  if (challenge.purpose !== 'login') return false;
  if (openStageOf(context) === 'verify' && !needsPass(context)) return false;
  if (user.factors.length === 0) return challenge.policy === 'optional';
  return challenge.backup !== 'required' || user.factors.length > 1;
}
