import type { Tracing, WebhookSender } from '../../domain/ports.ts';

/** Each attempt is a trace, whose `traceparent` the receiver gets. */
export function tracedWebhooks(sender: WebhookSender, tracing: Tracing | null): WebhookSender {
  if (!tracing) return sender;
  return { send: (message) => tracing.webhook(() => sender.send(message)) };
}
