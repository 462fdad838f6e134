import { randomUUID } from 'node:crypto';
import {
  type ChallengeSnapshot,
  type NewChallenge,
  strangersLane,
} from '../challenge/challenge.ts';
import type { Target } from '../challenge/code-in-play.ts';
import { createdOf, isCareful, updateChallenge } from '../challenge/open-challenge.ts';
import type { User } from '../people.ts';
import type { CreationTerms, Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { settleAll } from '../settle-all.ts';
import type { Outgoing } from './deliver-code.ts';
import { type MadeCode, makeCode, requireReachable } from './make-code.ts';
import { type ReservationDeps, reserveNow } from './reserve-sending.ts';
import { userBudgets } from './sending-budgets.ts';

export type BeginningDeps = ReservationDeps & Pick<Deps, 'challenges' | 'codes'>;

type Beginning = { draft: NewChallenge & { code: null }; user: User; target: Target };

/** `outgoing` is of the code in play, which is not sent yet. Null without one. */
export type Begun = { snapshot: ChallengeSnapshot; outgoing: Outgoing | null };

/** Whether a code may go there now. If not, asking for it as for any other code tells why. */
export function mayBeSent(deps: BeginningDeps, { draft, user, target }: Beginning): boolean {
  try {
    requireReachable(deps, { challenge: draft, user, careful: false }, target);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
  // Only the store's clock tells whether a lock is over.
  return draft.lane !== strangersLane || user.lockedUntil === null;
}

/**
 * Creates a challenge with a code in play, and asks at the same time for all else that sending it takes. If
 * something is not free at once, the challenge has no code: it can be asked for as any other.
 *
 * @throws Problem `too-many-requests` when the user has started too many.
 */
export async function beginWithCode(
  deps: BeginningDeps,
  beginning: Beginning,
  terms: CreationTerms,
): Promise<Begun> {
  const { draft, user, target } = beginning;
  const sending = { user, lane: draft.lane, target, codeId: randomUUID() };
  const made = makeFirst(deps, beginning, sending.codeId);
  const take = { budgets: userBudgets(deps, user, draft.lane), member: sending.codeId };
  const { values, failure } = await settleAll([
    deps.challenges.create(withCode(deps, draft, made), { ...terms, take }),
    reserveNow(deps, sending),
  ]);
  const [creation, reservation] = values;
  const inPlay = creation?.outcome === 'created' ? creation : null;
  if (inPlay && reservation)
    return { snapshot: inPlay, outgoing: { digits: made.digits, reservation } };

  await reservation?.giveBack();
  const withdrawn = inPlay && (await withdrawCode(deps, inPlay));
  if (!creation || failure) throw failure?.reason;
  if (withdrawn) return { snapshot: withdrawn, outgoing: null };
  const refused = creation.outcome === 'codes';
  const plain = refused ? await deps.challenges.create(draft, terms) : creation;
  return { snapshot: createdOf(deps, plain), outgoing: null };
}

const noCode = { code: null, attemptsRemaining: 0 };

/** Takes a code out of play that was not sent, and gives back what it took of its user's budgets. */
export async function withdrawCode(
  deps: BeginningDeps,
  snapshot: ChallengeSnapshot,
): Promise<ChallengeSnapshot> {
  const id = snapshot.challenge.code?.id ?? '';
  return updateChallenge(
    deps,
    snapshot,
    ({ challenge: { code, codeIds } }) =>
      code?.id === id ? { ...noCode, codeIds: codeIds.filter((one) => one !== id) } : null,
    ({ challenge }) => ({
      unseen: true,
      giveBack: { budgets: userBudgets(deps, challenge, challenge.lane), members: [id] },
    }),
  );
}

function makeFirst(deps: BeginningDeps, { draft, user, target }: Beginning, codeId: string) {
  const addressee = { challenge: draft, user, careful: isCareful(deps, user) };
  return makeCode(deps, addressee, { codeId, attemptId: draft.id, target });
}

function withCode({ settings }: BeginningDeps, draft: NewChallenge, { code }: MadeCode) {
  return { ...draft, code, codeIds: [code.id], attemptsRemaining: settings.codeAttempts };
}
