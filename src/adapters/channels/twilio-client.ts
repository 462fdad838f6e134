import type { AgentOptions } from 'node:https';
import type { Twilio } from 'twilio';
import { LimitedAgent } from './provider-call.ts';

/** Either the auth token, or an API key with its secret. */
export type TwilioSettings = {
  accountSid: string;
  authToken?: string | undefined;
  apiKey?: string | undefined;
  apiSecret?: string | undefined;
  from: string;
  /** The SID of the trunk that calls go out over. Twilio's own lines without it. */
  byocTrunk?: string | undefined;
  /** Our address for Twilio, without a slash at the end. */
  publicUrl?: string | undefined;
  /** Whether a call asks for a key before the code. Needs `publicUrl`. */
  keyFirst?: boolean;
};

export type Loaded = { sdk: typeof import('twilio'); client: Twilio };

const host = 'api.twilio.com';
const answerBytes = 64 * 1024;

/** The SDK takes 0.2 s to load: see `Channel.prepare`. */
export async function loadTwilio(
  settings: TwilioSettings,
  limitMs: number,
  connection?: AgentOptions,
): Promise<Loaded> {
  const { default: sdk } = await import('twilio');
  // Creating a call is not idempotent, so the SDK must not retry.
  const httpClient = new sdk.RequestClient({
    autoRetry: false,
    keepAlive: false,
    timeout: limitMs,
  });
  httpClient.axios.defaults.httpsAgent = new LimitedAgent(host, connection);
  httpClient.axios.defaults.maxContentLength = answerBytes;
  const { accountSid, apiKey, apiSecret, authToken } = settings;
  const options = { accountSid, httpClient };
  return {
    sdk,
    client:
      apiKey && apiSecret
        ? sdk(apiKey, apiSecret, options)
        : sdk(accountSid, authToken ?? '', options),
  };
}
