import { defaultGuessLimits } from '../../domain/limits.ts';
import type { Deps, GuessLimits, Users } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { challengeOutcomes, pruneOutcomes } from './challenge-outcomes.ts';
import { clients } from './clients.ts';
import { loginLimits, slowWorkMs } from './connection/limits.ts';
import { unavailableWhenAway } from './connection/unavailable.ts';
import { database } from './database.ts';
import { devices } from './devices.ts';
import { eraseUser } from './erase.ts';
import { factors } from './factors.ts';
import type { PrismaClient } from './generated/client.ts';
import { countWithout, groupUsers } from './group-users.ts';
import { guessAccounts, pruneGuesses } from './guess-accounts.ts';
import { organizations, slowOrganizations } from './organizations.ts';
import { users } from './users.ts';

/** The ports for what outlives a login. */
export type Directory = Pick<
  Deps,
  | 'database'
  | 'organizations'
  | 'users'
  | 'factors'
  | 'devices'
  | 'guessAccounts'
  | 'clients'
  | 'outcomes'
>;

type DirectoryOptions = { answerMs?: number; guessLimits?: GuessLimits };

/** What outlives a login, in PostgreSQL: phone numbers and push tokens are sealed. */
export function prismaDirectory(
  prisma: PrismaClient,
  sealing: Sealing,
  { answerMs = loginLimits.answerMs, guessLimits = defaultGuessLimits }: DirectoryOptions = {},
): Directory {
  const quick = <T extends object>(port: T) => unavailableWhenAway(port, answerMs);
  const slow = <T extends object>(port: T) => unavailableWhenAway(port, slowWorkMs);
  return {
    database: quick(database(prisma, sealing)),
    organizations: { ...quick(organizations(prisma)), ...slow(slowOrganizations(prisma)) },
    users: { ...quick(users(prisma, sealing, guessLimits)), ...slow(slowUsers(prisma)) },
    factors: quick(factors(prisma, sealing)),
    devices: quick(devices(prisma, sealing)),
    guessAccounts: {
      ...quick(guessAccounts(prisma)),
      ...slow({ prune: () => pruneGuesses(prisma) }),
    },
    clients: quick(clients(prisma)),
    outcomes: {
      ...quick(challengeOutcomes(prisma, sealing)),
      ...slow({ prune: (moment: Date) => pruneOutcomes(prisma, moment) }),
    },
  };
}

function slowUsers(prisma: PrismaClient): Pick<Users, 'group' | 'countWithout' | 'erase'> {
  return {
    group: (organizationId, methods) => groupUsers(prisma, organizationId, methods),
    countWithout: (methods) => countWithout(prisma, methods),
    erase: (user, pseudonym, entry) => eraseUser(prisma, user, pseudonym, entry),
  };
}
