import type { TwilioSettings } from '../adapters/channels/twilio-client.ts';
import type { Config } from './config.ts';

/** How to reach Twilio. Null when it is not configured. */
export function twilioSettings(config: Config): TwilioSettings | null {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_FROM: from } = config;
  if (!accountSid || !from) return null;
  return {
    accountSid,
    from,
    authToken: config.TWILIO_AUTH_TOKEN ?? undefined,
    apiKey: config.TWILIO_API_KEY ?? undefined,
    apiSecret: config.TWILIO_API_SECRET ?? undefined,
    byocTrunk: config.TWILIO_BYOC_TRUNK_SID ?? undefined,
    publicUrl: config.PUBLIC_URL ?? undefined,
    keyFirst: config.CALL_KEY_FIRST,
  };
}
