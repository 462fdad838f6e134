import type { AgentOptions } from 'node:https';
import type { Twilio } from 'twilio';
import type { CodeMessage, Delivery } from '../../domain/ports.ts';
import type { ChannelKind } from './channel-kind.ts';
import { defaultLimitMs, failure, LimitedAgent, withinLimit } from './provider-call.ts';
import { spokenCode } from './spoken-code.ts';

/** Either the auth token, or an API key with its secret. */
export type TwilioSettings = {
  accountSid: string;
  authToken?: string | undefined;
  apiKey?: string | undefined;
  apiSecret?: string | undefined;
  from: string;
};

const ringSeconds = 25;
const answerBytes = 64 * 1024;

/** A phone call that reads the code out, through Twilio Programmable Voice. */
export const twilioCall: ChannelKind<{ twilio: TwilioSettings | null }> = {
  method: 'call',
  configured: ({ twilio }) => twilio !== null,
  create({ twilio: settings }, { log, limitMs = defaultLimitMs, connections }) {
    if (settings === null) throw new Error('TWILIO_ACCOUNT_SID is not set');
    const loading = load(settings, limitMs, connections?.['twilio']);
    // Told at each delivery; until the first one nobody is listening.
    loading.catch(() => {});
    return {
      method: 'call',
      provider: 'twilio',
      deliver: (message) =>
        withinLimit(limitMs, async () => place(await loading, settings.from, message)).catch(
          (error) => {
            log.warn({ provider: 'twilio', ...failure(error) }, 'the call could not be placed');
            return { delivery: 'failed' };
          },
        ),
    };
  },
};

type Loaded = { sdk: typeof import('twilio'); client: Twilio };

/** The SDK takes 0.2 s to load: begun at start without holding it up, done by the first call. */
async function load(
  settings: TwilioSettings,
  limitMs: number,
  connection?: AgentOptions,
): Promise<Loaded> {
  const { default: sdk } = await import('twilio');
  // Creating a call is not idempotent: the SDK's own retries stay off.
  const httpClient = new sdk.RequestClient({
    autoRetry: false,
    keepAlive: false,
    timeout: limitMs,
  });
  httpClient.axios.defaults.httpsAgent = new LimitedAgent(connection);
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

async function place({ sdk, client }: Loaded, from: string, message: CodeMessage) {
  const twiml = spokenCode(new sdk.twiml.VoiceResponse(), message.code, message.voiceLanguage);
  const call = await client.calls.create({
    to: message.address,
    from,
    timeout: ringSeconds,
    twiml,
  });
  if (typeof call.sid !== 'string') throw new TypeError('not a call');
  return { delivery: 'accepted' } satisfies Delivery;
}
