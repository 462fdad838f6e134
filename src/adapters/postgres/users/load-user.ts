import type {
  Device,
  Factor,
  Organization,
  Policy,
  RegisteredDevice,
  User,
  UserKey,
} from '../../../domain/people.ts';
import type { Sealing } from '../../sealing.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { openAddress, openToken } from '../sealed/sealed-columns.ts';
import { accountOf } from './guess-accounts.ts';

type DeviceRow = RegisteredDevice & Device;

type Row = {
  known: boolean;
  organization: Organization | null;
  policy: Policy | null;
  backup_skipped_at: Date | null;
  factors: (Omit<Factor, 'createdAt'> & { createdAt: string })[];
  devices: DeviceRow[];
  account: { short: number; lockedUntil: string | null };
};

const itself = { organizationId: Prisma.raw('u.organization_id'), userId: Prisma.raw('u.id') };

/** Loads a user in one query: a login waits for it, and the pool is small. */
export async function loadUser(
  prisma: PrismaClient,
  sealing: Sealing,
  maxLong: number,
  key: UserKey,
): Promise<User> {
  const { organizationId, userId } = key;
  const [row] = await prisma.$queryRaw<Row[]>`
    SELECT
      u.id IS NOT NULL AS known,
      (SELECT json_build_object('id', id, 'policy', policy, 'language', language,
          'country', country, 'backup', backup)
        FROM organizations WHERE id = ${organizationId}) AS organization,
      u.policy,
      u.backup_skipped_at,
      (SELECT coalesce(json_agg(json_build_object('id', id, 'method', method, 'role',
          CASE WHEN is_primary THEN 'primary' ELSE 'secondary' END, 'address', address,
          'createdAt', created_at) ORDER BY created_at, is_primary, id), '[]')
        FROM factors WHERE organization_id = u.organization_id AND user_id = u.id) AS factors,
      (SELECT coalesce(json_agg(json_build_object('id', id, 'platform', platform,
          'pushToken', push_token, 'reachable', token_gone_at IS NULL,
          'waiting', waiting_token_hash IS NOT NULL) ORDER BY created_at, id), '[]')
        FROM devices WHERE organization_id = u.organization_id AND user_id = u.id) AS devices,
      ${accountOf(itself, maxLong)} AS account
    FROM (SELECT) AS nothing
    LEFT JOIN users u ON u.organization_id = ${organizationId} AND u.id = ${userId}`;
  if (!row) throw new Error('The query for a user always has one row');
  const { short, lockedUntil } = row.account;
  return {
    organizationId,
    userId,
    known: row.known,
    organization: row.organization,
    policy: row.policy,
    factors: row.factors.map((factor) => toFactor(sealing, key, factor)),
    devices: row.devices
      .filter(({ reachable }) => reachable)
      .map((device) => toDevice(sealing, key, device)),
    registeredDevices: row.devices.map(({ pushToken: _, ...device }) => device),
    backupSkippedAt: row.backup_skipped_at,
    lockedUntil: lockedUntil === null ? null : new Date(lockedUntil),
    shortGuesses: short,
  };
}

function toFactor(sealing: Sealing, key: UserKey, factor: Row['factors'][number]): Factor {
  const address = openAddress(sealing, { ...key, ...factor });
  return { ...factor, address, createdAt: new Date(factor.createdAt) };
}

function toDevice(sealing: Sealing, key: UserKey, { id, platform, pushToken }: DeviceRow): Device {
  return { id, platform, pushToken: openToken(sealing, { ...key, id, pushToken }) };
}
