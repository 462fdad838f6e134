import type { AgentOptions } from 'node:https';
import type { Twilio } from 'twilio';
import { ProviderAgent } from './provider-agent.ts';
import { twilioHttp } from './twilio-http.ts';

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

/** The SDK takes 0.2 s to load: see `Channel.prepare`. */
export async function loadTwilio(
  settings: TwilioSettings,
  connection?: AgentOptions,
): Promise<Loaded> {
  const { default: sdk } = await import('twilio');
  const httpClient = twilioHttp(new ProviderAgent(host, connection));
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
