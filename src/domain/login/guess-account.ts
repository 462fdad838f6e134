import { inChallenge } from '../audit/audit.ts';
import { type Code, kindOf, type LoginContext, lockedProblem } from '../challenge/challenge.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type Alarm, tellOfAlarm } from '../sending/tell-devices.ts';

/** From here on the owner of the account should know that somebody is trying. */
const alarming = 3;

/**
 * Puts a wrong guess on the user's account before anyone hears that it was wrong. It stays there
 * for a year unless its challenge is approved, whatever becomes of the challenge and of Redis.
 *
 * @throws Problem `locked` when it was the one that locks; `attempts-exhausted` when it made the
 *   code worthless for everyone, being the last that 4 digits can bear.
 */
export async function chargeWrongGuess(
  deps: Deps,
  context: LoginContext,
  code: Code,
): Promise<void> {
  const { challenge, user } = context;
  const { guessLimits } = deps.settings;
  const kind = kindOf(code);
  const guess = { challengeId: challenge.id, kind };
  const account = await deps.guessAccounts.recordWrongGuess(user, guess, guessLimits.long);
  const { attemptsRemaining } = challenge;
  const details = { method: code.method, hint: code.hint, attemptsRemaining };
  await deps.trail.record(inChallenge(challenge, 'code.wrong', details));
  if (account.recent === alarming) await tell(deps, context, 'guesses.alarming');
  if (kind === 'short' && account.short === guessLimits.short)
    await tell(deps, context, 'user.careful');
  if (account.lockedUntil) {
    await tell(deps, context, 'user.locked');
    throw lockedProblem({ ...context, user: { ...user, lockedUntil: account.lockedUntil } });
  }
  if (kind === 'short' && account.short >= guessLimits.short)
    throw new Problem('attempts-exhausted', { attemptsRemaining: 0, retryAfterMs: 0 });
}

/** Takes the wrong guesses of an approved challenge off: they were the user's own. */
export async function forgiveGuesses(deps: Deps, { challenge, user }: LoginContext): Promise<void> {
  const { wrongGuesses, wrongLongGuesses: long } = challenge;
  if (wrongGuesses === 0) return;
  await deps.guessAccounts.forgive(user, challenge.id);
  await deps.challenges.takeOff(user, { short: wrongGuesses - long, long });
}

async function tell(deps: Deps, { challenge, user }: LoginContext, type: Alarm): Promise<void> {
  await deps.trail.record(inChallenge(challenge, type, {}));
  tellOfAlarm(deps, user, type);
}
