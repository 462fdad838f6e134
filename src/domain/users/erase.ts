import { byCaller, type Caller } from '../audit/audit.ts';
import type { UserKey } from '../people.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';
import { type EndCallsDeps, endCallsTo } from '../sending/hang-up.ts';

type EraseDeps = Pick<Deps, 'users' | 'challenges' | 'pseudonyms'>;

/** Removes all personal data of a user. The trail keeps a pseudonym. */
export async function eraseUser(
  deps: EndCallsDeps & EraseDeps,
  key: UserKey,
  caller: Caller,
): Promise<void> {
  const user = await deps.users.load(key);
  await deps.challenges.forgetUser(key);
  await endCallsTo(deps, user, user.factors);
  const userId = deps.pseudonyms(key);
  const about = { organizationId: key.organizationId, userId };
  await deps.users.erase(key, userId, byCaller(withoutSelf(caller, key), about, 'user.erased'));
}

export async function eraseOrganization(
  deps: EndCallsDeps & EraseDeps & Pick<Deps, 'organizations'>,
  id: string,
  caller: Caller,
): Promise<void> {
  if (!(await deps.organizations.find(id))) throw new Problem('not-found');
  await endLogins(deps, id);
  const pseudonymOf = (userId: string) => deps.pseudonyms({ organizationId: id, userId });
  const about = { organizationId: id, userId: null };
  const entry = byCaller(caller, about, 'organization.erased');
  await deps.organizations.erase(id, pseudonymOf, entry);
}

async function endLogins(deps: EndCallsDeps & EraseDeps, organizationId: string): Promise<void> {
  let after: string | null = null;
  for (;;) {
    const query = { organizationId, state: null, after, limit: 500 };
    const users: { userId: string; factors: number }[] = await deps.users.list(query);
    for (const { userId, factors } of users) {
      const key = { organizationId, userId };
      await deps.challenges.forgetUser(key);
      if (factors === 0) continue;
      const user = await deps.users.load(key);
      await endCallsTo(deps, user, user.factors);
    }
    const last = users.at(-1);
    if (!last || users.length < query.limit) return;
    after = last.userId;
  }
}

function withoutSelf(caller: Caller, { userId }: UserKey): Caller {
  return caller.actor === userId ? { ...caller, actor: null, address: null } : caller;
}
