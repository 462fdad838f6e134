import { type FactorInput, pendingFactor } from './add-factor.ts';
import type { Situation } from './challenge.ts';
import { type FactorCaller, requireOwner, requireStepUp } from './factor-access.ts';
import { issueCode } from './issue-code.ts';
import { mostFactors } from './limits.ts';
import { newChallenge } from './new-challenge.ts';
import { situationOf } from './open-challenge.ts';
import type { Deps, UserKey } from './ports.ts';
import { Problem } from './problems.ts';

/**
 * Adds a factor outside a login: a challenge of its own, with a code on its way, that makes the
 * factor active when the code comes back.
 */
export async function addUserFactor(
  deps: Deps,
  key: UserKey,
  input: FactorInput,
  caller: FactorCaller,
): Promise<Situation> {
  requireOwner(caller, key);
  const user = await deps.directory.loadUser(key);
  if (!user.organization) throw new Problem('not-found');
  const verified = await requireStepUp(deps, user, caller);
  if (user.factors.length >= mostFactors) throw new Problem('too-many-factors');
  const pending = pendingFactor(deps, { user, device: null, pending: null }, input);
  const { client, address } = caller;
  const beginning = { client, address, app: client, appVersion: null, device: null };
  const draft = newChallenge(user, { ...beginning, purpose: 'factor', language: null });
  const seen = await deps.challenges.create({ ...draft, verified }, deps.settings.challengeTtlMs);
  return issueCode(deps, situationOf(deps, seen, user), () => ({ target: pending, pending }));
}
