import { byCaller, type Caller } from '../audit/audit.ts';
import { missingVersion } from '../challenge/app-version.ts';
import type { Organization, Policy, UserGroup, UserKey } from '../people.ts';
import { effectivePolicy } from '../policy.ts';
import type { Deps } from '../ports.ts';
import { Problem } from '../problems.ts';

export type PolicyImpact = {
  usersToEnrol: number;
  usersWithoutBackup: number;
  usersOnOldApp: number;
  usersWithoutOfferedFactor: number;
  usersUnreachable: number;
};

/** Counts as if the day from which the policy is mandatory had come. */
export async function previewPolicy(
  deps: Pick<Deps, 'users' | 'settings'>,
  organization: Organization,
): Promise<PolicyImpact> {
  const groups = await deps.users.group(organization.id, deps.settings.methods);
  const loadedAt = organization.mandatoryFrom ?? new Date(0);
  const asked = groups.map((group) => ({
    ...group,
    effective: effectivePolicy({ ...group, organization, loadedAt }),
  }));
  const count = (matches: (group: Asked) => boolean) =>
    asked.filter(matches).reduce((sum, { users }) => sum + users, 0);
  const old = ({ app, appVersion }: Asked) =>
    app !== null &&
    missingVersion({ name: app, version: appVersion }, deps.settings.minimumAppVersions) !== null;
  const isUnreachable = ({ factors, reachedBy }: Asked) =>
    factors > 0 && !reachedBy.some((method) => deps.settings.methods.includes(method));
  return {
    usersToEnrol: count(({ effective, factors }) => effective === 'mandatory' && factors === 0),
    usersWithoutBackup: count(({ effective, factors }) => effective !== 'off' && factors === 1),
    usersOnOldApp: count((group) => stopsOldApps(group) && old(group)),
    usersWithoutOfferedFactor: count(
      ({ effective, factors, offered }) => effective !== 'off' && factors > 0 && !offered,
    ),
    usersUnreachable: count((group) => group.effective !== 'off' && isUnreachable(group)),
  };
}

type Asked = UserGroup & { effective: Policy };

/** An app without the screens is enough only where there is nothing to enter. */
function stopsOldApps({ effective, factors }: Asked): boolean {
  return effective === 'mandatory' || (effective === 'optional' && factors > 0);
}

export async function setUserPolicy(
  deps: Pick<Deps, 'users'>,
  key: UserKey,
  policy: Policy | null,
  caller: Caller,
): Promise<void> {
  const entry = byCaller(caller, key, 'user.policy-changed', { policy });
  if (!(await deps.users.setPolicy(key, policy, entry))) throw new Problem('not-found');
}
