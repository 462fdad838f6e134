import { factorKind } from '../factors/index.ts';
import type { User } from '../people.ts';
import type { Settings } from '../ports.ts';
import { type Challenge, type LoginContext, stageOf } from './challenge.ts';

export type Enrolment = { step: 'primary' | 'backup'; skippable: boolean; methods: string[] };

/** What is being set up and what may be chosen; null when nothing can be set up now. */
export function enrolmentOf(context: LoginContext, settings: Settings): Enrolment | null {
  const stage = stageOf(context);
  if (stage !== 'enrol' && stage !== 'confirm') return null;
  const { challenge, user } = context;
  if (challenge.purpose !== 'login') return null;
  const step = user.factors.length === 0 ? 'primary' : 'backup';
  const skippable = step === 'primary' ? challenge.policy === 'optional' : !owesBackup(context);
  return { step, skippable, methods: methodsFor(user, settings) };
}

/** Whether a backup is asked for once the user has proved who he is. */
export function asksForBackup(
  challenge: Pick<Challenge, 'purpose' | 'backup'>,
  user: User,
  settings: Settings,
): boolean {
  const askable = challenge.purpose === 'login' && methodsFor(user, settings).length > 0;
  const declined = challenge.backup === 'offered' && user.backupSkippedAt !== null;
  return askable && user.factors.length === 1 && !declined;
}

function owesBackup({ challenge, user }: LoginContext): boolean {
  return challenge.backup === 'required' && user.factors.length < 2;
}

function methodsFor(user: User, settings: Settings): string[] {
  return settings.methods.filter((method) => factorKind(method).offeredTo(user));
}
