import { factorKind } from '../factors/index.ts';
import type { Settings } from '../ports.ts';
import type { ProblemName } from '../problems.ts';
import type { LoginContext } from './challenge.ts';
import { isSkippable, needsPass } from './open-stage.ts';
import { stageOf } from './stage.ts';

export type Enrolment = {
  step: 'primary' | 'backup';
  skippable: boolean;
  mandatoryFrom: Date | null;
  methods: string[];
  /** What cannot, with the problem that it would meet. */
  unavailable: { method: string; reason: ProblemName }[];
};

/** Null when nothing can be set up now. */
export function enrolmentOf(context: LoginContext, settings: Settings): Enrolment | null {
  const stage = stageOf(context);
  if (stage !== 'enrol' && stage !== 'confirm' && !(stage === 'verify' && needsPass(context)))
    return null;
  const { challenge, user } = context;
  if (challenge.purpose !== 'login') return null;
  const step = user.factors.length === 0 ? 'primary' : 'backup';
  const mandatoryFrom = step === 'primary' ? mandatoryFromOf(context) : null;
  return { step, skippable: isSkippable(context), mandatoryFrom, ...methodsFor(context, settings) };
}

function mandatoryFromOf({ challenge, user: { organization } }: LoginContext): Date | null {
  const isOptional = challenge.policy === 'optional' && organization?.policy === 'optional';
  return isOptional ? organization.mandatoryFrom : null;
}

export function asksForBackup({ challenge, user }: LoginContext, settings: Settings): boolean {
  const askable =
    challenge.purpose === 'login' && methodsFor({ challenge, user }, settings).methods.length > 0;
  const declined = challenge.backup === 'offered' && user.backupSkippedAt !== null;
  return askable && user.factors.length === 1 && !declined;
}

function methodsFor(
  { challenge: { device }, user }: Pick<LoginContext, 'challenge' | 'user'>,
  settings: Settings,
): Pick<Enrolment, 'methods' | 'unavailable'> {
  const offered = settings.methods.map(factorKind).filter((kind) => kind.offeredTo(user));
  const found = offered.map((kind) => ({
    method: kind.method,
    reason: kind.obstacle({ user, device }),
  }));
  return {
    methods: found.filter(({ reason }) => !reason).map(({ method }) => method),
    unavailable: found.flatMap(({ method, reason }) => (reason ? [{ method, reason }] : [])),
  };
}
