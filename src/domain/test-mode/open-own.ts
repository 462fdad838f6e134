import type { LoginContext } from '../challenge/challenge.ts';
import { openChallenge } from '../challenge/open-challenge.ts';
import { Problem } from '../problems.ts';
import type { TestDeps } from './test-deps.ts';

/** A challenge of the client, by its id alone. @throws Problem `not-found`. */
export async function openOwn(deps: TestDeps, client: string, id: string): Promise<LoginContext> {
  const ref = await deps.index.find(id);
  if (!ref) throw new Problem('not-found');
  const context = await openChallenge(deps, ref).catch((error: unknown) => {
    throw Problem.is(error, 'challenge-expired') ? new Problem('not-found') : error;
  });
  if (context.challenge.client !== client) throw new Problem('not-found');
  return context;
}
