import { testMark } from '../../domain/mode.ts';
import type { Organization, Theme } from '../../domain/people.ts';
import { organizationDefaults } from '../../domain/policy.ts';
import type { Organizations } from '../../domain/ports.ts';
import { recordEvents } from './audit/record-events.ts';
import { Prisma, type PrismaClient } from './generated/client.ts';
import { type OrganizationRow, toRules } from './organization-row.ts';
import { eraseOrganization } from './users/erase.ts';

type Transaction = Prisma.TransactionClient;

/** A logo is large, so what logins read has no theme. */
type Row = { rules: OrganizationRow; theme: Theme | null };

function toOrganization({ rules, theme }: Row): Organization {
  return { ...toRules(rules), theme: theme ?? organizationDefaults.theme };
}

/** Organizations, without their erasure, which takes longer. */
export function organizations(prisma: PrismaClient): Omit<Organizations, 'erase'> {
  return {
    find: (id) => findOrganization(prisma, id, Prisma.empty),

    list: (query) => listOrganizations(prisma, query),

    save: (organization, entry) =>
      prisma.$transaction(async (tx) => {
        const created = await saveOrganization(tx, organization);
        await recordEvents(tx, [entry]);
        return { created };
      }),

    change: (id, change, entryOf) =>
      prisma.$transaction(async (tx) => {
        // Another change waits here, and then sees this one. Users can be added meanwhile.
        const current = await findOrganization(tx, id, Prisma.sql`FOR NO KEY UPDATE`);
        if (!current) return null;
        const changed = change(current);
        await saveOrganization(tx, changed);
        await recordEvents(tx, [entryOf(changed)]);
        return changed;
      }),
  };
}

async function findOrganization(
  tx: Transaction,
  id: string,
  lock: Prisma.Sql,
): Promise<Organization | null> {
  const [row] = await tx.$queryRaw<Row[]>`
    SELECT organization_json(o) AS rules, theme FROM organizations o WHERE id = ${id} ${lock}`;
  return row ? toOrganization(row) : null;
}

async function listOrganizations(
  prisma: PrismaClient,
  { mode, after, limit }: Parameters<Organizations['list']>[0],
): Promise<Organization[]> {
  // No id is empty, so all ids come after the empty one.
  const rows = await prisma.$queryRaw<Row[]>`
    SELECT organization_json(o) AS rules, theme FROM organizations o
    WHERE id > ${after ?? ''} AND starts_with(id, ${testMark}) = ${mode === 'test'}
    ORDER BY id LIMIT ${limit}`;
  return rows.map(toOrganization);
}

async function saveOrganization(
  tx: Transaction,
  { id, policy, language, country, backup, mandatoryFrom, firstSetup, ...rest }: Organization,
): Promise<boolean> {
  const { knownDevices, theme } = rest;
  // A row that this statement made has no earlier version.
  const [saved] = await tx.$queryRaw<{ created: boolean }[]>`
    INSERT INTO organizations (id, policy, language, country, backup, mandatory_from, first_setup,
      known_device_days, known_device_skip_code, theme, updated_at)
    VALUES (${id}, ${policy}, ${language}, ${country}, ${backup},
      ${mandatoryFrom?.toISOString() ?? null}::timestamptz, ${firstSetup}, ${knownDevices.days}::int,
      ${knownDevices.skipCode}, ${JSON.stringify(theme)}::jsonb, now())
    ON CONFLICT (id) DO UPDATE SET policy = EXCLUDED.policy, language = EXCLUDED.language,
      country = EXCLUDED.country, backup = EXCLUDED.backup, mandatory_from = EXCLUDED.mandatory_from,
      first_setup = EXCLUDED.first_setup, known_device_days = EXCLUDED.known_device_days,
      known_device_skip_code = EXCLUDED.known_device_skip_code, theme = EXCLUDED.theme, updated_at = now(),
      known_devices_since = CASE WHEN 0 IN (EXCLUDED.known_device_days, organizations.known_device_days)
        THEN clock_timestamp() ELSE organizations.known_devices_since END
    RETURNING xmax = 0 AS created`;
  return saved?.created ?? false;
}

/** Work in many small steps. */
export function slowOrganizations(prisma: PrismaClient): Pick<Organizations, 'erase'> {
  return { erase: (id, pseudonymOf, entry) => eraseOrganization(prisma, id, pseudonymOf, entry) };
}
