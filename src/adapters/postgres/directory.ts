import { defaultGuessLimits } from '../../domain/limits.ts';
import type { Deps, GuessLimits, Users } from '../../domain/ports.ts';
import type { Sealing } from '../sealing.ts';
import { challengeOutcomes, pruneOutcomes } from './challenge-outcomes.ts';
import { clients } from './clients.ts';
import type { Database } from './connection/client.ts';
import { loginLimits } from './connection/limits.ts';
import { quickAndSlow, unavailableWhenAway } from './connection/unavailable.ts';
import { database } from './database.ts';
import type { PrismaClient } from './generated/client.ts';
import { organizations, slowOrganizations } from './organizations.ts';
import { devices } from './users/devices.ts';
import { eraseUser } from './users/erase.ts';
import { factors } from './users/factors.ts';
import { countWithout, groupUsers } from './users/group-users.ts';
import { guessAccounts, pruneGuesses } from './users/guess-accounts.ts';
import { knownDevices, pruneKnownDevices } from './users/known-devices.ts';
import { pruneRecoverySecrets, recoverySecrets } from './users/recovery-secrets.ts';
import { users } from './users/users.ts';

/** The ports for everything that outlives a login. */
export type Directory = Pick<
  Deps,
  | 'database'
  | 'organizations'
  | 'users'
  | 'factors'
  | 'devices'
  | 'guessAccounts'
  | 'recoverySecrets'
  | 'knownDevices'
  | 'clients'
  | 'outcomes'
>;

type DirectoryOptions = { answerMs?: number; guessLimits?: GuessLimits };

/** Those ports on PostgreSQL. Phone numbers and push tokens are sealed. */
export function prismaDirectory(
  connected: Database,
  sealing: Sealing,
  { answerMs = loginLimits.answerMs, guessLimits = defaultGuessLimits }: DirectoryOptions = {},
): Directory {
  const { prisma } = connected;
  const quick = <T extends object>(port: T) => unavailableWhenAway(port, answerMs);
  const both = <Q extends object, S extends object>(port: Q, slow: S) =>
    quickAndSlow(port, slow, { answerMs });
  return {
    database: quick(database(prisma, sealing)),
    organizations: both(organizations(prisma), slowOrganizations(prisma)),
    users: both(users(connected, sealing, guessLimits), slowUsers(prisma)),
    factors: quick(factors(prisma, sealing)),
    devices: quick(devices(prisma, sealing)),
    guessAccounts: both(guessAccounts(connected, sealing, guessLimits), {
      prune: () => pruneGuesses(prisma),
    }),
    recoverySecrets: both(recoverySecrets(prisma), {
      prune: (moment: Date) => pruneRecoverySecrets(prisma, moment),
    }),
    knownDevices: both(knownDevices(connected, sealing, guessLimits), {
      prune: (moment: Date) => pruneKnownDevices(prisma, moment),
    }),
    clients: quick(clients(connected)),
    outcomes: both(challengeOutcomes(connected, sealing), {
      prune: (moment: Date) => pruneOutcomes(prisma, moment),
    }),
  };
}

function slowUsers(prisma: PrismaClient): Pick<Users, 'group' | 'countWithout' | 'erase'> {
  return {
    group: (organizationId, methods) => groupUsers(prisma, organizationId, methods),
    countWithout: (methods) => countWithout(prisma, methods),
    erase: (user, pseudonym, entry) => eraseUser(prisma, user, pseudonym, entry),
  };
}
