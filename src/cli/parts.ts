import { type Mode, nameIn } from '../domain/mode.ts';
import { SetupError } from '../domain/ports/database.ts';
import type { Deps } from '../domain/ports.ts';
import type { FactorCaller } from '../domain/users/factor-access.ts';
import type { Surroundings } from './command.ts';

/** What a command about an organization or a user works with. */
export type Work = {
  deps: Deps;
  caller: FactorCaller;
  /** The name of an organization, as it is stored. */
  stored(organizationId: string): string;
  mode: Mode;
};

/** Opens the parts for one command, once they are ready. */
export async function withParts<T>(
  { account, openParts }: Pick<Surroundings, 'account' | 'openParts'>,
  { test, needsStore = false }: { test?: true; needsStore?: boolean },
  action: (work: Work) => Promise<T>,
): Promise<T> {
  const parts = await openParts();
  const mode = test ? 'test' : 'live';
  const caller = { client: null, admin: true, actor: account, address: null, challengeId: null };
  try {
    if (needsStore && !parts.reachesStore)
      throw new Error('REDIS_URL is missing: challenges and budgets are inside the service');
    await requireReady(parts.live);
    return await action({ deps: parts[mode], caller, mode, stored: (id) => nameIn(mode, id) });
  } finally {
    await parts.close();
  }
}

/** The first query of a process is slow, so it is asked twice. */
async function requireReady({ database }: Pick<Deps, 'database'>): Promise<void> {
  const ping = () => database.ping();
  await ping()
    .catch(ping)
    .catch((error: Error) => {
      throw error.cause instanceof SetupError ? error.cause : error;
    });
}
