import type { User } from '../people.ts';
import type { Settings } from '../ports.ts';
import type { Challenge, LoginContext } from './challenge.ts';
import { isSkippable, needsPass } from './open-stage.ts';
import { type SetupMethods, setupMethods } from './setup-methods.ts';
import { stageOf } from './stage.ts';

export type Enrolment = {
  step: 'primary' | 'backup';
  skippable: boolean;
  mandatoryFrom: Date | null;
} & SetupMethods;

/** Null when nothing can be set up now. */
export function enrolmentOf(context: LoginContext, settings: Settings): Enrolment | null {
  const stage = stageOf(context);
  if (stage !== 'enrol' && stage !== 'confirm' && !(stage === 'verify' && needsPass(context)))
    return null;
  const { challenge, user } = context;
  if (challenge.purpose !== 'login') return null;
  const step = user.factors.length === 0 ? 'primary' : 'backup';
  const mandatoryFrom = step === 'primary' ? mandatoryFromOf(context) : null;
  return {
    step,
    skippable: isSkippable(context),
    mandatoryFrom,
    ...setupMethods(context, settings),
  };
}

function mandatoryFromOf({ challenge, user: { organization } }: LoginContext): Date | null {
  const isOptional = challenge.policy === 'optional' && organization?.policy === 'optional';
  return isOptional ? organization.mandatoryFrom : null;
}

type Login = { challenge: Pick<Challenge, 'purpose' | 'device' | 'backup'>; user: User };

export function asksForBackup({ challenge, user }: Login, settings: Settings): boolean {
  const askable =
    challenge.purpose === 'login' && setupMethods({ challenge, user }, settings).methods.length > 0;
  const declined = challenge.backup === 'offered' && user.backupSkippedAt !== null;
  return askable && user.factors.length === 1 && !declined;
}
