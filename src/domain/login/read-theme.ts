import { type Entrance, readChallenge } from '../challenge/open-challenge.ts';
import type { Theme } from '../people.ts';
import { organizationDefaults } from '../policy.ts';
import type { Deps } from '../ports.ts';

/** How the page looks in a challenge, as its organization wants it now. @throws as `readChallenge` */
export async function readTheme(
  deps: Pick<Deps, 'challenges' | 'organizations'>,
  entrance: Entrance,
): Promise<Theme> {
  const [organization] = await Promise.all([
    deps.organizations.find(entrance.organizationId),
    readChallenge(deps, entrance),
  ]);
  return organization?.theme ?? organizationDefaults.theme;
}
