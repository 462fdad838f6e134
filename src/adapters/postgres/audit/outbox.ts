import { shownName, testMark } from '../../../domain/mode.ts';
import type { UserKey } from '../../../domain/people.ts';
import type { Alert, Outbox, OutboxMessage } from '../../../domain/ports.ts';
import type { Sealing } from '../../sealing.ts';
import { loginLimits } from '../connection/limits.ts';
import { unavailableWhenAway } from '../connection/unavailable.ts';
import { Prisma, type PrismaClient } from '../generated/client.ts';
import { openSecret } from '../sealed/sealed-columns.ts';

/** The outbox in PostgreSQL. */
export function prismaOutbox(
  prisma: PrismaClient,
  sealing: Sealing,
  { answerMs } = loginLimits,
): Outbox {
  return unavailableWhenAway(outbox(prisma, sealing), answerMs);
}

function outbox(prisma: PrismaClient, sealing: Sealing): Outbox {
  const drop = async (id: string) => {
    await prisma.outboxMessage.deleteMany({ where: { id: BigInt(id) } });
  };
  return {
    async claim(limit, leaseMs) {
      const rows = await prisma.$queryRaw<Row[]>(claimed(limit, leaseMs));
      return rows.map((row) => toMessage(sealing, row));
    },
    done: drop,
    async retry(id, delayMs) {
      await prisma.$executeRaw`
        UPDATE outbox SET next_at = ${from(delayMs)} WHERE id = ${BigInt(id)}`;
    },
    giveUp: drop,
    async backlog() {
      const [row] = await prisma.$queryRaw<{ messages: number; age: number }[]>`
        SELECT count(*)::int AS messages,
          coalesce(extract(epoch FROM statement_timestamp() - min(created_at)), 0)::float8 AS age
        FROM outbox`;
      return { messages: row?.messages ?? 0, oldestSeconds: row?.age ?? 0 };
    },
  };
}

type Row = Omit<OutboxMessage, 'id' | 'payload'> & { id: bigint; client: string; payload: unknown };

/** A claim moves the time when a message is due. A claim that nobody ends runs out by itself. */
function claimed(limit: number, leaseMs: number): Prisma.Sql {
  return Prisma.sql`
    WITH due AS (
      SELECT id, next_at, attempts FROM outbox WHERE next_at <= statement_timestamp()
      ORDER BY next_at, id LIMIT ${limit} FOR UPDATE SKIP LOCKED),
    claimed AS (
      UPDATE outbox SET next_at = ${from(leaseMs)}, attempts = outbox.attempts + 1
      FROM due WHERE outbox.id = due.id
      RETURNING outbox.*, due.next_at AS due_at, due.attempts AS earlier)
    SELECT id, client, url, secret, 'msg_' || webhook_id AS "webhookId", payload,
      earlier AS attempts, claimed.created_at AS "createdAt"
    FROM claimed JOIN webhook_endpoints USING (client) ORDER BY due_at, id`;
}

function from(delayMs: number): Prisma.Sql {
  return Prisma.sql`statement_timestamp() + ${delayMs}::float8 * interval '1 millisecond'`;
}

function toMessage(sealing: Sealing, { client, ...row }: Row): OutboxMessage {
  const secret = openSecret(sealing, { client, secret: row.secret });
  return { ...row, id: row.id.toString(), secret, payload: shownAlert(row.payload as Alert) };
}

function shownAlert({ data, ...alert }: Alert): Alert {
  const { organizationId } = data;
  return {
    ...alert,
    data: { ...data, organizationId: organizationId && shownName(organizationId) },
  };
}

/** Also puts the event in each endpoint's outbox, or neither happens. Endpoints are locked against removal. */
export function withAlerts(recordEvent: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    WITH event AS (${recordEvent} RETURNING *)
    INSERT INTO outbox (client, payload)
    SELECT endpoint.client, jsonb_build_object(
      'type', type,
      'timestamp', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
      'data', jsonb_build_object('organizationId', organization_id, 'userId', user_id,
        'challengeId', challenge_id, 'details', details))
    FROM event, webhook_endpoints endpoint
    WHERE ${reachesEndpoint} FOR KEY SHARE OF endpoint`;
}

/** Alerts stay in their mode. A client whose keys are all limited gets only those about its organizations. */
const reachesEndpoint = Prisma.sql`
  starts_with(endpoint.client, ${testMark})
    = starts_with(coalesce(event.organization_id, ''), ${testMark})
  AND (NOT EXISTS (SELECT FROM clients WHERE name = endpoint.client)
    OR EXISTS (SELECT FROM clients WHERE name = endpoint.client AND revoked_at IS NULL
      AND (organizations IS NULL OR organizations @> to_jsonb(event.organization_id))))`;

/** Deletes the unsent messages about a user, or about an organization. */
export async function dropMessages(
  prisma: Prisma.TransactionClient,
  about: UserKey | Pick<UserKey, 'organizationId'>,
): Promise<void> {
  await prisma.$executeRaw`
    DELETE FROM outbox WHERE payload @> ${JSON.stringify({ data: about })}::jsonb`;
}
