import { type RequestOptions, request } from 'node:https';
import { Webhook } from 'standardwebhooks';
import type { OutboxMessage, WebhookSender } from '../../domain/ports.ts';
import { outsideOnly, refusalOfUrl } from './addresses.ts';

const defaultLimitMs = 5_000;

type Seams = {
  insideToo: boolean;
  limitMs?: number;
};

/** Standard Webhooks. Any 2xx is a success; redirects are not followed. `insideToo` is for trying out. */
export function webhookSender({ insideToo, limitMs = defaultLimitMs }: Seams): WebhookSender {
  return {
    async send(message) {
      const url = new URL(message.url);
      // A name is checked when it is resolved, but a literal address is never resolved.
      const refusal = insideToo ? null : refusalOfUrl(url);
      if (refusal) throw new Error(refusal);
      const signal = AbortSignal.timeout(limitMs);
      const inside = insideToo ? {} : { lookup: outsideOnly };
      const status = await post(url, message, { ...inside, signal });
      if (status < 200 || status > 299) throw new Error(`answered ${status}`);
    },
  };
}

async function post(url: URL, message: OutboxMessage, options: RequestOptions): Promise<number> {
  // An import of node:http also loads undici: 14 MB, for what production never sends.
  const send = url.protocol === 'https:' ? request : (await import('node:http')).request;
  const body = JSON.stringify(message.payload);
  return new Promise((resolve, reject) => {
    const sent = send(
      url,
      {
        ...options,
        method: 'POST',
        headers: headersFor(message, body),
        agent: false,
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        response.destroy();
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function headersFor({ secret, webhookId }: OutboxMessage, body: string): Record<string, string> {
  const now = new Date();
  return {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    'user-agent': 'Doublecheck',
    'webhook-id': webhookId,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(webhookId, now, body),
  };
}
