import type { LoginContext } from './challenge.ts';

/** The step that an open challenge waits for. `confirm`: the code proves a new factor. */
export type OpenStage = 'verify' | 'enrol' | 'confirm';

/** Derived from what happened in the challenge and the user's factors now. */
export function openStageOf({ challenge, user }: LoginContext): OpenStage {
  const owed = user.factors.length > 0 || challenge.purpose === 'step-up';
  if (owed && challenge.verified === null) return 'verify';
  return challenge.pending ? 'confirm' : 'enrol';
}

/** Whether the step that the challenge stands at is one that sets up a factor and may be skipped. */
export function isSkippable(context: LoginContext): boolean {
  const { challenge, user } = context;
  if (challenge.purpose !== 'login' || openStageOf(context) === 'verify') return false;
  if (user.factors.length === 0) return challenge.policy === 'optional';
  return challenge.backup !== 'required' || user.factors.length > 1;
}
