import { randomBytes } from 'node:crypto';
import type { WebhookEndpoints } from '../../../domain/ports.ts';
import type { Sealing } from '../../sealing.ts';
import { loginLimits } from '../connection/limits.ts';
import { unavailableWhenAway } from '../connection/unavailable.ts';
import type { PrismaClient } from '../generated/client.ts';
import { sealedSecret } from '../sealed/sealed-columns.ts';
import { recordEvents } from './record-events.ts';

/** The endpoints of webhooks in PostgreSQL. */
export function prismaWebhookEndpoints(
  prisma: PrismaClient,
  sealing: Sealing,
  { answerMs } = loginLimits,
): WebhookEndpoints {
  return unavailableWhenAway(webhookEndpoints(prisma, sealing), answerMs);
}

function webhookEndpoints(prisma: PrismaClient, sealing: Sealing): WebhookEndpoints {
  return {
    async set(client, url, entry) {
      const secret = newSecret();
      const row = { url, secret: sealedSecret(sealing, { client, secret }) };
      await prisma.$transaction(async (tx) => {
        const create = { client, ...row };
        await tx.webhookEndpoint.upsert({ where: { client }, create, update: row });
        await recordEvents(tx, [entry]);
      });
      return secret;
    },

    list: () =>
      prisma.webhookEndpoint.findMany({ omit: { secret: true }, orderBy: { client: 'asc' } }),

    remove: (client, entry) =>
      prisma.$transaction(async (tx) => {
        const { count } = await tx.webhookEndpoint.deleteMany({ where: { client } });
        if (count > 0) await recordEvents(tx, [entry]);
        return count > 0;
      }),
  };
}

/** Standard Webhooks: 24 to 64 random bytes, as base64 after this prefix. */
function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
