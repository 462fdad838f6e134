import { inChallenge } from '../audit/audit.ts';
import {
  type Challenge,
  type Code,
  type LoginContext,
  strangersLane,
} from '../challenge/challenge.ts';
import { kindOf } from '../challenge/code-in-play.ts';
import type { GuessKind, User } from '../people.ts';
import type {
  ChargeOutcome,
  Deps,
  Guess,
  GuessCharge,
  GuessLimits,
  SettledAccount,
} from '../ports.ts';
import { Problem } from '../problems.ts';
import { type Alarm, tellOfAlarm } from '../sending/tell-devices.ts';
import { type EndDevicesDeps, endDeviceOf } from './end-known-devices.ts';

export type Attempt = Guess & {
  code: Code;
  tryId: string;
  /** The user ticked that the browser or app is to be remembered. */
  remember: boolean;
};

/** At this many guesses the owner is alerted. */
const alarming = 3;

export type GuessDeps = Pick<Deps, 'guessAccounts' | 'settings' | 'log'>;

export async function chargeGuess(
  deps: GuessDeps,
  challenge: Challenge,
  attempt: Attempt,
): Promise<ChargeOutcome & { user: User }> {
  const { code, codeId, attemptId, tryId } = attempt;
  const { id: challengeId, lane } = challenge;
  const kind = kindOf(code);
  const limit = limitOf(deps.settings.guessLimits, kind, lane);
  return deps.guessAccounts
    .charge(challenge, { challengeId, codeId, attemptId, tryId, lane, kind, limit })
    .catch((error: unknown) => {
      // It may have been charged, but nobody will look.
      void giveBackGuess(deps, challenge, attempt);
      throw error;
    });
}

/** Gives back a guess that was never compared. If that fails it stays charged, which is safe. */
export async function giveBackGuess(
  { guessAccounts, log }: Pick<Deps, 'guessAccounts' | 'log'>,
  challenge: Challenge,
  attempt: Attempt,
): Promise<void> {
  await guessAccounts.giveBack(challenge, attempt).catch((err: unknown) => {
    log.warn({ err, challengeId: challenge.id }, 'a guess could not be given back');
  });
}

/** Records it before the answer. @throws Problem `locked` or `attempts-exhausted` when the account is full now. */
export async function recordWrongGuess(
  deps: GuessDeps & EndDevicesDeps,
  context: LoginContext,
  attempt: Attempt,
): Promise<void> {
  const { code, attemptId } = attempt;
  const { challenge, user } = context;
  const { lane, attemptsRemaining } = challenge;
  const kind = kindOf(code);
  const limit = limitOf(deps.settings.guessLimits, kind, lane);
  const details = { method: code.method, hint: code.hint, attemptsRemaining };
  const entry = inChallenge(challenge, 'code.wrong', details);
  const account = await deps.guessAccounts.settle(user, { attemptId, lane, kind, limit, entry });
  await raiseAlarms(deps, context, attemptId, alarmsOf(account, { kind, lane, limit }));
  if (account.fullUntil) throw await endGuessing(deps, context, attempt, account.fullUntil);
}

async function raiseAlarms(
  deps: GuessDeps & Pick<Deps, 'channels'>,
  { challenge, user }: LoginContext,
  attemptId: string,
  alarms: Alarms,
): Promise<void> {
  if (alarms.types.length === 0) return;
  const alerts = alarms.types.map((type) => inChallenge(challenge, type, {}));
  const { lockedUntil } = alarms;
  await deps.guessAccounts.alert(user, { attemptId, alerts, lockedUntil });
  for (const type of alarms.types) tellOfAlarm(deps, user, type);
}

function limitOf(limits: GuessLimits, kind: GuessKind, lane: string): number {
  if (kind === 'short') return limits.short;
  return lane === strangersLane ? limits.long : limits.longOnDevices;
}

type Alarms = { types: Alarm[]; lockedUntil: Date | null };

function alarmsOf(
  { position, recent, fullUntil }: SettledAccount,
  { kind, lane, limit }: Pick<GuessCharge, 'kind' | 'lane' | 'limit'>,
): Alarms {
  const types: Alarm[] = recent === alarming ? ['guesses.alarming'] : [];
  const reached = position === limit;
  const locks = reached && kind === 'long' && lane === strangersLane;
  if (reached && kind === 'short') types.push('user.careful');
  if (locks) types.push('user.locked');
  return { types, lockedUntil: locks ? fullUntil : null };
}

/** The account takes no more guesses of this kind until then: the lane is locked, or its device is forgotten. */
export async function endGuessing(
  deps: EndDevicesDeps,
  context: LoginContext,
  { code }: Attempt,
  until: Date,
): Promise<Problem> {
  const { challenge, now } = context;
  const long = kindOf(code) === 'long';
  if (long && challenge.lane === strangersLane)
    return new Problem('locked', { retryAfterMs: Math.max(0, until.getTime() - now) });
  if (long) await endDeviceOf(deps, context, 'guesses');
  return new Problem('attempts-exhausted', { attemptsRemaining: 0, retryAfterMs: 0 });
}
