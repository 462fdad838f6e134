import type {
  Device,
  Factor,
  KnownDevice,
  Policy,
  RegisteredDevice,
  User,
  UserKey,
} from '../../../domain/people.ts';
import type { Sealing } from '../../sealing.ts';
import type { Limits } from '../connection/limits.ts';
import type { RunStatement } from '../connection/statements.ts';
import { type OrganizationRow, toRules } from '../organization-row.ts';
import { openAddress, openToken } from '../sealed/sealed-columns.ts';
import { inGroups } from './in-groups.ts';

type DeviceRow = RegisteredDevice & Device;

type KnownDeviceRow = Pick<KnownDevice, 'id' | 'app' | 'endedBy'> & {
  createdAt: string;
  lastSeenAt: string;
  provedAt: string;
};

/** A user as `load_user` answers, with sealed values. Times are in RFC 3339. */
export type UserRow = {
  known: boolean;
  loadedAt: string;
  organization: OrganizationRow | null;
  policy: Policy | null;
  backupSkippedAt: string | null;
  factors: (Omit<Factor, 'createdAt'> & { createdAt: string })[];
  devices: DeviceRow[];
  knownDevices: KnownDeviceRow[];
  lockedUntil: string | null;
  shortGuesses: number;
};

/** `maxLong`: how many guesses at long codes lock the strangers' lane. */
type UserQuery = UserKey & { maxLong: number };

export type ReadUser = (query: UserQuery) => Promise<UserRow>;

const loadUsers = {
  name: 'load_users',
  text: 'SELECT load_users($1::text[], $2::text[], $3::int[]) AS "user"',
};

/** Reads users: what is asked for at the same time, in one statement. */
export function groupedReads(run: RunStatement, limits: Limits): ReadUser {
  return inGroups<UserQuery, UserRow>(
    {
      async send(queries) {
        const column = <Name extends keyof UserQuery>(name: Name) =>
          queries.map((query) => query[name]);
        const values = [column('organizationId'), column('userId'), column('maxLong')];
        const rows = await run<{ user: UserRow }>(loadUsers, values);
        return rows.map(({ user }) => user);
      },
      keyOf: () => null,
      isBusy: () => false,
    },
    limits,
  );
}

export function toUser(sealing: Sealing, key: UserKey, row: UserRow): User {
  const { organizationId, userId } = key;
  const { known, organization, policy, shortGuesses } = row;
  return {
    organizationId,
    userId,
    known,
    organization: organization && toRules(organization),
    policy,
    factors: row.factors.map((factor) => toFactor(sealing, key, factor)),
    devices: row.devices
      .filter(({ reachable }) => reachable)
      .map((device) => toDevice(sealing, key, device)),
    registeredDevices: row.devices.map(({ pushToken: _, ...device }) => device),
    knownDevices: row.knownDevices.map(toKnownDevice),
    backupSkippedAt: toDate(row.backupSkippedAt),
    lockedUntil: toDate(row.lockedUntil),
    shortGuesses,
    loadedAt: new Date(row.loadedAt),
  };
}

export function toDate(text: string | null): Date | null {
  return text === null ? null : new Date(text);
}

function toFactor(sealing: Sealing, key: UserKey, factor: UserRow['factors'][number]): Factor {
  const address = openAddress(sealing, { ...key, ...factor });
  return { ...factor, address, createdAt: new Date(factor.createdAt) };
}

function toKnownDevice({
  createdAt,
  lastSeenAt,
  provedAt,
  ...device
}: KnownDeviceRow): KnownDevice {
  return {
    ...device,
    createdAt: new Date(createdAt),
    lastSeenAt: new Date(lastSeenAt),
    provedAt: new Date(provedAt),
  };
}

function toDevice(sealing: Sealing, key: UserKey, { id, platform, pushToken }: DeviceRow): Device {
  return { id, platform, pushToken: openToken(sealing, { ...key, id, pushToken }) };
}
