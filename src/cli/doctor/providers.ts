import { googleToken } from '../../adapters/channels/fcm-client.ts';
import { withinLimit } from '../../adapters/channels/provider-call.ts';
import { readServiceAccount } from '../../adapters/channels/service-account.ts';
import { loadTwilio } from '../../adapters/channels/twilio-client.ts';
import type { Config } from '../../config/config.ts';
import { twilioSettings } from '../../config/twilio-settings.ts';
import { type Finding, ill, reasonOf, well } from './finding.ts';

const limitMs = 5_000;

/** Asks for the balance: no call is placed. */
export async function checkTwilio(config: Config): Promise<Finding[]> {
  const settings = twilioSettings(config);
  if (!settings) return [];
  try {
    const { client } = await loadTwilio(settings);
    await withinLimit(limitMs, () => client.balance.fetch());
    return [well('Twilio takes the credentials')];
  } catch (error) {
    const refused = [401, 403].includes(Object(error).status);
    return [
      ill(
        refused
          ? 'Twilio refuses the credentials: correct TWILIO_ACCOUNT_SID with TWILIO_AUTH_TOKEN, or the API key'
          : `Twilio does not answer (${reasonOf(error)}): let the service reach api.twilio.com:443`,
      ),
    ];
  }
}

/** Asks for an access token: no message is sent. */
export async function checkGoogle({ GOOGLE_APPLICATION_CREDENTIALS: file }: Config) {
  if (!file) return [];
  try {
    const account = readServiceAccount(file);
    await withinLimit(limitMs, googleToken(account));
    return [well('Google takes the service account')];
  } catch (error) {
    return [ill(`${reasonOf(error)}: make a new key for the service account`)];
  }
}
