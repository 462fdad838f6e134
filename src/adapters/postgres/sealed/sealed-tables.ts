import type { Device, Factor, UserKey } from '../../../domain/people.ts';
import type { Sealing } from '../../sealing.ts';
import type { PrismaClient } from '../generated/client.ts';
import {
  openAddress,
  openSecret,
  openToken,
  sealedAddress,
  sealedSecret,
  sealedToken,
} from './sealed-columns.ts';

/** A table with a sealed column, read row by row. */
export type SealedTable<Row> = {
  name: string;
  /** The next rows by key; from the first row when `last` is null. */
  after(last: Row | null, size: number): Promise<Row[]>;
  /** The sealed value in the database. */
  sealed(row: Row): string;
  /** Seals a row again if it did not change since it was read. Returns 1, or 0 if it changed. */
  renew(row: Row): Promise<number>;
};

type FactorRow = UserKey & Pick<Factor, 'id' | 'address'>;

export function factors(prisma: PrismaClient, sealing: Sealing): SealedTable<FactorRow> {
  return {
    name: 'factors',
    after: (last, take) =>
      prisma.factor.findMany({
        where: last ? { id: { gt: last.id } } : {},
        select: { organizationId: true, userId: true, id: true, address: true },
        orderBy: { id: 'asc' },
        take,
      }),
    sealed: ({ address }) => address,
    async renew(row) {
      const factor = { id: row.id, address: openAddress(sealing, row) };
      const data = sealedAddress(sealing, row, factor);
      const where = { id: row.id, address: row.address };
      return (await prisma.factor.updateMany({ where, data })).count;
    },
  };
}

type DeviceRow = UserKey & Pick<Device, 'id' | 'pushToken'>;

export function devices(prisma: PrismaClient, sealing: Sealing): SealedTable<DeviceRow> {
  // No id is empty, so all ids come after the empty one.
  const beforeAll = { organizationId: '', userId: '', id: '' };
  return {
    name: 'devices',
    after(last, size) {
      const { organizationId, userId, id } = last ?? beforeAll;
      return prisma.$queryRaw<DeviceRow[]>`
        SELECT organization_id AS "organizationId", user_id AS "userId", id,
          push_token AS "pushToken"
        FROM devices WHERE (organization_id, user_id, id) > (${organizationId}, ${userId}, ${id})
          AND push_token IS NOT NULL
        ORDER BY organization_id, user_id, id LIMIT ${size}`;
    },
    sealed: ({ pushToken }) => pushToken,
    async renew(row) {
      const device = { id: row.id, pushToken: openToken(sealing, row) };
      const { pushToken, pushTokenHash } = sealedToken(sealing, row, device);
      return prisma.$executeRaw`
        UPDATE devices SET push_token = ${pushToken}, push_token_hash = ${pushTokenHash}
        WHERE organization_id = ${row.organizationId} AND user_id = ${row.userId}
          AND id = ${row.id} AND push_token = ${row.pushToken}`;
    },
  };
}

type EndpointRow = { client: string; secret: string };

export function webhookEndpoints(prisma: PrismaClient, sealing: Sealing): SealedTable<EndpointRow> {
  return {
    name: 'webhook_endpoints',
    after: (last, take) =>
      prisma.webhookEndpoint.findMany({
        where: { client: { gt: last?.client ?? '' } },
        select: { client: true, secret: true },
        orderBy: { client: 'asc' },
        take,
      }),
    sealed: ({ secret }) => secret,
    async renew({ client, secret }) {
      const again = sealedSecret(sealing, {
        client,
        secret: openSecret(sealing, { client, secret }),
      });
      const where = { client, secret };
      return (await prisma.webhookEndpoint.updateMany({ where, data: { secret: again } })).count;
    },
  };
}
