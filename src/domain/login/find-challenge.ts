import type { LoginContext } from '../challenge/challenge.ts';
import { contextOf, type OpenDeps, withRecoveryCodes } from '../challenge/open-challenge.ts';
import { Problem } from '../problems.ts';

/** For the client that started it, also for a while after its end. @throws Problem `not-found` for any other. */
export async function findChallenge(
  deps: OpenDeps,
  id: string,
  client: string,
): Promise<LoginContext> {
  const snapshot = await deps.challenges.find(id);
  if (snapshot?.challenge.client !== client) throw new Problem('not-found');
  const user = await deps.users.load(snapshot.challenge);
  return withRecoveryCodes(deps, contextOf(deps, snapshot, user));
}
