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
  /** Seals rows again in one statement, except those that changed since, or that are locked. Returns how many. */
  renew(rows: Row[]): Promise<number>;
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
    renew(rows) {
      const again = rows.map((row) =>
        sealedAddress(sealing, row, { id: row.id, address: openAddress(sealing, row) }),
      );
      // It waits for nobody, so it is part of no deadlock.
      return prisma.$executeRaw`
        WITH renewed AS (
          SELECT * FROM unnest(${rows.map(({ id }) => id)}::uuid[],
            ${rows.map(({ address }) => address)}::text[],
            ${again.map(({ address }) => address)}::text[],
            ${again.map(({ addressHash }) => addressHash)}::text[])
            AS renewed (id, before, address, address_hash)),
        locked AS (
          SELECT renewed.* FROM renewed JOIN factors USING (id)
          WHERE factors.address = before FOR UPDATE OF factors SKIP LOCKED)
        UPDATE factors SET address = locked.address, address_hash = locked.address_hash
        FROM locked WHERE factors.id = locked.id`;
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
    renew(rows) {
      const again = rows.map((row) =>
        sealedToken(sealing, row, { id: row.id, pushToken: openToken(sealing, row) }),
      );
      return prisma.$executeRaw`
        WITH renewed AS (
          SELECT * FROM unnest(${rows.map(({ organizationId }) => organizationId)}::text[],
            ${rows.map(({ userId }) => userId)}::text[], ${rows.map(({ id }) => id)}::text[],
            ${rows.map(({ pushToken }) => pushToken)}::text[],
            ${again.map(({ pushToken }) => pushToken)}::text[],
            ${again.map(({ pushTokenHash }) => pushTokenHash)}::text[])
            AS renewed (organization_id, user_id, id, before, push_token, push_token_hash)),
        locked AS (
          SELECT renewed.* FROM renewed JOIN devices USING (organization_id, user_id, id)
          WHERE devices.push_token = before FOR UPDATE OF devices SKIP LOCKED)
        UPDATE devices SET push_token = locked.push_token, push_token_hash = locked.push_token_hash
        FROM locked WHERE devices.organization_id = locked.organization_id
          AND devices.user_id = locked.user_id AND devices.id = locked.id`;
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
    renew(rows) {
      const again = rows.map(({ client, secret }) =>
        sealedSecret(sealing, { client, secret: openSecret(sealing, { client, secret }) }),
      );
      return prisma.$executeRaw`
        WITH renewed AS (
          SELECT * FROM unnest(${rows.map(({ client }) => client)}::text[],
            ${rows.map(({ secret }) => secret)}::text[], ${again}::text[])
            AS renewed (client, before, secret)),
        locked AS (
          SELECT renewed.* FROM renewed JOIN webhook_endpoints USING (client)
          WHERE webhook_endpoints.secret = before FOR UPDATE OF webhook_endpoints SKIP LOCKED)
        UPDATE webhook_endpoints SET secret = locked.secret
        FROM locked WHERE webhook_endpoints.client = locked.client`;
    },
  };
}
