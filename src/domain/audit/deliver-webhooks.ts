import type { Log, Outbox, OutboxMessage, WebhookSender } from '../ports.ts';
import { hour, minute, second } from '../time.ts';

/** How long to wait after each failure; after the last one it is given up, a day and a half later. */
const waits = [5 * second, 30 * second, 2 * minute, 10 * minute, hour, 6 * hour, 24 * hour];

/** Longer than one delivery may take; a replica that dies leaves its messages to others after this. */
const leaseMs = minute;

const batch = 20;

type Parts = { outbox: Outbox; sender: WebhookSender; log: Log };

/**
 * Delivers what is due, once. Several replicas may do it side by side: each message is one
 * replica's at a time, and may arrive twice when that one dies; its `webhook-id` tells.
 *
 * @returns how many were tried.
 */
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
