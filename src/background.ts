import { deliverWebhooks } from './domain/deliver-webhooks.ts';
import type { AuditTrail, Log, Outbox, WebhookSender } from './domain/ports.ts';

const second = 1_000;
const hour = 3_600 * second;
const day = 24 * hour;

type Parts = {
  trail: AuditTrail;
  outbox: Outbox;
  sender: WebhookSender;
  retentionDays: number;
  log: Log;
};

/**
 * What is done beside answering: old entries of the audit trail go, webhooks are delivered. All
 * replicas do it; none needs to know of another.
 *
 * @returns what ends it, resolving when nothing is under way any more.
 */
export function startBackground(parts: Parts): () => Promise<void> {
  const { trail, outbox, sender, retentionDays, log } = parts;
  const prune = () => trail.prune(new Date(Date.now() - retentionDays * day));
  const deliver = () => deliverWebhooks({ outbox, sender, log });
  const ends = [
    repeat(prune, { name: 'pruning the audit trail', everyMs: hour, log }),
    repeat(deliver, { name: 'delivering webhooks', everyMs: second, log }),
  ];
  return async () => {
    await Promise.all(ends.map((end) => end()));
  };
}

type Repetition = { name: string; everyMs: number; log: Log };

/** Runs a task now and again and again, never twice at once; told once when it fails, not each time. */
function repeat(task: () => Promise<unknown>, { name, everyMs, log }: Repetition) {
  let ended = false;
  let failing = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (): Promise<void> => {
    try {
      await task();
      failing = false;
    } catch (err) {
      if (!failing) log.warn({ err }, `${name} failed, and is tried again`);
      failing = true;
    }
    if (ended) return;
    timer = setTimeout(() => {
      underWay = run();
    }, everyMs);
    timer.unref();
  };
  let underWay = run();
  return async (): Promise<void> => {
    ended = true;
    clearTimeout(timer);
    await underWay;
  };
}
