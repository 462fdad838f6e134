import { factorKind } from '../factors/index.ts';
import type { User } from '../people.ts';
import type { Settings } from '../ports.ts';
import type { Challenge, LoginContext } from './challenge.ts';
import { isSkippable } from './open-stage.ts';
import { stageOf } from './stage.ts';

export type Enrolment = { step: 'primary' | 'backup'; skippable: boolean; methods: string[] };

/** Null when nothing can be set up now. */
export function enrolmentOf(context: LoginContext, settings: Settings): Enrolment | null {
  const stage = stageOf(context);
  if (stage !== 'enrol' && stage !== 'confirm') return null;
  const { challenge, user } = context;
  if (challenge.purpose !== 'login') return null;
  const step = user.factors.length === 0 ? 'primary' : 'backup';
  return { step, skippable: isSkippable(context), methods: methodsFor(user, settings) };
}

export function asksForBackup(
  challenge: Pick<Challenge, 'purpose' | 'backup'>,
  user: User,
  settings: Settings,
): boolean {
  const askable = challenge.purpose === 'login' && methodsFor(user, settings).length > 0;
  const declined = challenge.backup === 'offered' && user.backupSkippedAt !== null;
  return askable && user.factors.length === 1 && !declined;
}

function methodsFor(user: User, settings: Settings): string[] {
  return settings.methods.filter((method) => factorKind(method).offeredTo(user));
}
