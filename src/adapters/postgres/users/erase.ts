import type { AuditEvent } from '../../../domain/audit/audit.ts';
import type { UserKey } from '../../../domain/people.ts';
import { dropMessages } from '../audit/outbox.ts';
import { recordEvents } from '../audit/record-events.ts';
import { inBatches } from '../connection/batches.ts';
import type { Prisma, PrismaClient } from '../generated/client.ts';

const batchSize = 500;

/** The last transaction deletes the user and records the entry. Until then it can run again. */
export async function eraseUser(
  prisma: PrismaClient,
  user: UserKey,
  pseudonym: string,
  entry: AuditEvent,
): Promise<void> {
  await erasedFromEvents(prisma, user, pseudonym);
  await prisma.$transaction(async (tx) => {
    const { organizationId, userId } = user;
    await tx.user.deleteMany({ where: { organizationId, id: userId } });
    await tx.challengeOutcome.deleteMany({ where: { organizationId, userId } });
    await dropMessages(tx, { organizationId, userId });
    await erasedFromEvents(tx, user, pseudonym);
    await recordEvents(tx, [entry]);
  });
}

async function erasedFromEvents(
  prisma: Prisma.TransactionClient,
  { organizationId, userId }: UserKey,
  pseudonym: string,
): Promise<void> {
  await inBatches(
    batchSize,
    (size) => prisma.$executeRaw`
      UPDATE events SET user_id = ${pseudonym}, user_erased = true, address = NULL,
        details = details - '{hint,deviceId}'::text[],
        actor = CASE WHEN actor = user_id AND NOT actor_erased THEN ${pseudonym} ELSE actor END,
        actor_erased = actor_erased OR actor IS NOT DISTINCT FROM user_id
      WHERE id = ANY(ARRAY(SELECT id FROM events
        WHERE organization_id = ${organizationId} AND user_id = ${userId} AND NOT user_erased
        ORDER BY id LIMIT ${size} FOR UPDATE))`,
  );
  await inBatches(
    batchSize,
    (size) => prisma.$executeRaw`
      UPDATE events SET actor = ${pseudonym}, actor_erased = true, address = NULL
      WHERE id = ANY(ARRAY(SELECT id FROM events
        WHERE organization_id = ${organizationId} AND actor = ${userId}
          AND actor IS DISTINCT FROM user_id AND NOT actor_erased
        ORDER BY id LIMIT ${size} FOR UPDATE))`,
  );
}

/** Erases an organization, all its users, and everyone whom its events name. */
export async function eraseOrganization(
  prisma: PrismaClient,
  id: string,
  pseudonymOf: (userId: string) => string,
  entry: AuditEvent,
): Promise<void> {
  await inBatches(
    batchSize,
    (size) => prisma.$executeRaw`
      DELETE FROM users WHERE organization_id = ${id} AND id = ANY(ARRAY(
        SELECT id FROM users WHERE organization_id = ${id} ORDER BY id LIMIT ${size} FOR UPDATE))`,
  );
  await putPseudonyms(prisma, id, pseudonymOf);
  await prisma.$transaction(async (tx) => {
    const { count } = await tx.organization.deleteMany({ where: { id } });
    await tx.challengeOutcome.deleteMany({ where: { organizationId: id } });
    await dropMessages(tx, { organizationId: id });
    await putPseudonyms(tx, id, pseudonymOf);
    if (count > 0) await recordEvents(tx, [entry]);
  });
}

async function putPseudonyms(
  prisma: Prisma.TransactionClient,
  organizationId: string,
  pseudonymOf: (userId: string) => string,
): Promise<void> {
  let after = 0n;
  await inBatches(batchSize, async (size) => {
    const events = await namingEvents(prisma, organizationId, after, size);
    after = events.at(-1)?.id ?? after;
    if (events.length > 0) await replaceNames(prisma, events, pseudonymOf);
    return events.length;
  });
}

type Named = { id: bigint; userId: string | null; actor: string | null };

function namingEvents(
  prisma: Prisma.TransactionClient,
  organizationId: string,
  after: bigint,
  size: number,
): Promise<Named[]> {
  return prisma.event.findMany({
    where: {
      organizationId,
      id: { gt: after },
      OR: [{ userErased: false }, { actorErased: false }],
    },
    select: { id: true, userId: true, actor: true },
    orderBy: { id: 'asc' },
    take: size,
  });
}

/** A user who was erased earlier keeps the pseudonym of that time. */
async function replaceNames(
  prisma: Prisma.TransactionClient,
  events: Named[],
  pseudonymOf: (userId: string) => string,
): Promise<void> {
  const named = events.flatMap(({ userId, actor }) => [userId, actor]);
  const people = [...new Set(named)].filter((id) => id !== null);
  const pseudonyms = JSON.stringify(Object.fromEntries(people.map((id) => [id, pseudonymOf(id)])));
  const ids = events.map(({ id }) => id.toString());
  await prisma.$executeRaw`
    UPDATE events SET
      user_id = CASE WHEN user_erased THEN user_id ELSE ${pseudonyms}::jsonb ->> user_id END,
      actor = CASE WHEN actor_erased THEN actor ELSE ${pseudonyms}::jsonb ->> actor END,
      user_erased = true, actor_erased = true, address = NULL, details = details - '{hint,deviceId}'::text[]
    WHERE id = ANY(${ids}::bigint[])`;
}
