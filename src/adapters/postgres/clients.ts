import { inEachMode } from '../../domain/mode.ts';
import type { ClientSite } from '../../domain/people.ts';
import type { Clients, StoredKey } from '../../domain/ports.ts';
import { recordEvents } from './audit/record-events.ts';
import type { Database } from './connection/client.ts';
import { Prisma } from './generated/client.ts';

const findKeys = {
  name: 'find_keys',
  text: `SELECT id, name, scopes, organizations, key_hash AS "keyHash", created_at AS "createdAt",
      revoked_at AS "revokedAt"
    FROM clients WHERE id = ANY($1::text[])`,
};

const listSites = { name: 'list_sites', text: 'SELECT client, use, url FROM client_sites' };

/** API keys, and what their clients may do with the page. Only their hashes are stored. */
export function clients({ prisma, run }: Database): Clients {
  return {
    findKeys: (ids) => run<StoredKey>(findKeys, [ids]),

    async list() {
      const orderBy = [{ createdAt: 'asc' }, { id: 'asc' }] as const;
      const rows = await prisma.client.findMany({
        omit: { keyHash: true },
        orderBy: [...orderBy],
      });
      return rows.map(withOrganizations);
    },

    listSites: () => run<ClientSite>(listSites, []),

    allowSite: ({ client, use, url }, entry) =>
      prisma.$transaction(async (tx) => {
        if (
          (await tx.client.count({
            where: { name: { in: inEachMode(client) }, revokedAt: null },
          })) === 0
        )
          return false;
        const added = await tx.clientSite.createMany({
          data: [{ client, use, url }],
          skipDuplicates: true,
        });
        if (added.count > 0) await recordEvents(tx, [entry]);
        return true;
      }),

    forbidSite: ({ client, use, url }, entry) =>
      prisma.$transaction(async (tx) => {
        const removed = await tx.clientSite.deleteMany({ where: { client, use, url } });
        if (removed.count > 0) await recordEvents(tx, [entry]);
        return removed.count > 0;
      }),

    create: ({ keyHash, organizations, ...client }, entry) =>
      prisma.$transaction(async (tx) => {
        const limit = organizations ?? Prisma.DbNull;
        const data = { ...client, organizations: limit, keyHash: Uint8Array.from(keyHash) };
        await tx.client.create({ data });
        await recordEvents(tx, [entry]);
      }),

    revoke: (id, entry) =>
      prisma.$transaction(async (tx) => {
        // A second revocation keeps the time of the first.
        const revoked = await tx.$executeRaw`
          UPDATE clients SET revoked_at = coalesce(revoked_at, now()) WHERE id = ${id}`;
        if (revoked > 0) await recordEvents(tx, [entry]);
        return revoked > 0;
      }),
  };
}

/** Null means all organizations, and an empty list means none. */
function withOrganizations<Row extends { organizations: unknown }>(row: Row) {
  return { ...row, organizations: row.organizations as string[] | null };
}
