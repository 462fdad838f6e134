import { Webhook, WebhookVerificationError } from 'standardwebhooks';

/** An alert for the owner of an account. A newer service may send other types. */
export type Alert = {
  type: string;
  timestamp: string;
  data: {
    organizationId: string | null;
    userId: string | null;
    challengeId: string | null;
    details: Record<string, string | number | boolean | null>;
  };
};

/**
 * Checks who sent a webhook, and that it is at most 5 minutes old. The same `webhook-id` may come twice.
 *
 * @param secrets `whsec_…`; several while a new one takes over.
 * @param body exactly as it came: JSON that was parsed and written again has another signature.
 * @throws WebhookVerificationError
 */
export function verifyWebhook(
  secrets: string | readonly string[],
  headers: Record<string, string | string[] | undefined>,
  body: string,
): Alert {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
  let refusal: unknown = new WebhookVerificationError('There is no secret to verify with');
  for (const secret of [secrets].flat()) {
    try {
      return new Webhook(secret).verify(body, Object.fromEntries(given)) as Alert;
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}

export { WebhookVerificationError };
