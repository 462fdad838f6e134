import type { Log, Outbox, OutboxMessage, WebhookSender } from '../ports.ts';
import { hour, minute, second } from '../time.ts';

/** After the last failure, the message is dropped. */
const waits = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 6 * hour, 24 * hour];

/** Longer than one delivery. After this, another replica takes the messages of one that died. */
const leaseMs = minute;

const batch = 20;

type Parts = { outbox: Outbox; sender: WebhookSender; log: Log };

/** A message may arrive twice when a replica dies: `webhook-id` identifies it. @returns how many were tried. */
export async function deliverWebhooks({ outbox, sender, log }: Parts): Promise<number> {
  const messages = await outbox.claim(batch, leaseMs);
  await Promise.all(messages.map((message) => deliver({ outbox, sender, log }, message)));
  return messages.length;
}

async function deliver({ outbox, sender, log }: Parts, message: OutboxMessage): Promise<void> {
  const { id, attempts } = message;
  try {
    await sender.send(message);
    await outbox.done(id);
  } catch (error) {
    const waitMs = waits[attempts];
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ webhookId: message.webhookId, attempts, reason }, 'the webhook was not taken');
    await (waitMs === undefined ? outbox.giveUp(id) : outbox.retry(id, waitMs));
  }
}
