import { randomUUID } from 'node:crypto';
import type { AgentOptions } from 'node:https';
import type { BaseMessage, Messaging } from 'firebase-admin/messaging';
import type { Delivery } from '../../domain/ports.ts';
import type { ChannelKind, ChannelSeams } from './channel-kind.ts';
import { defaultLimitMs, failure, LimitedAgent, withinLimit } from './provider-call.ts';
import { noticeMessage, pushMessage } from './push-message.ts';
import { checkServiceAccount } from './service-account.ts';

type FcmSettings = { googleCredentialsFile: string | null; pushShowCode: boolean };
type Outcome = { taken: boolean; goneToken?: string };

/** A notification on each of the user's devices, through Firebase Cloud Messaging. */
export const fcmPush: ChannelKind<FcmSettings> = {
  method: 'push',
  configured: ({ googleCredentialsFile }) => googleCredentialsFile !== null,
  create({ googleCredentialsFile: file, pushShowCode }, seams) {
    if (file === null) throw new Error('GOOGLE_APPLICATION_CREDENTIALS is not set');
    checkServiceAccount(file);
    const loading = load(file, seams.connections?.['fcm']);
    // Told at each delivery; until the first one nobody is listening.
    loading.catch(() => {});
    return {
      method: 'push',
      provider: 'fcm',
      deliver: async (message) => {
        const sending = message.devices.map((device) =>
          send(loading, device.pushToken, pushMessage(message, pushShowCode), seams),
        );
        return together(await Promise.all(sending));
      },
      async notify(notice) {
        const news = noticeMessage(notice);
        const sending = notice.devices.map(({ pushToken }) =>
          send(loading, pushToken, news, seams),
        );
        await Promise.all(sending);
      },
    };
  },
};

/** The SDK takes 0.2 s to load: begun at start without holding it up, done by the first push. */
async function load(file: string, connection?: AgentOptions): Promise<Messaging> {
  const [{ cert, initializeApp }, { getMessaging }] = await Promise.all([
    import('firebase-admin/app'),
    import('firebase-admin/messaging'),
  ]);
  const httpAgent = new LimitedAgent(connection);
  // Given the file's content instead of its name, the SDK gets its tokens past the agent.
  const credential = cert(file, httpAgent);
  return getMessaging(initializeApp({ credential, httpAgent }, randomUUID()));
}

/**
 * The SDK tries again by itself after a 503 or a lost connection. Within the limit that is
 * welcome: a push that arrives twice replaces itself on the screen. After it none goes out.
 */
async function send(
  loading: Promise<Messaging>,
  token: string,
  push: BaseMessage,
  { log, limitMs = defaultLimitMs }: ChannelSeams,
): Promise<Outcome> {
  try {
    // `send` rather than `sendEach`: plain HTTP/1.1, which the limited agent sees.
    await withinLimit(limitMs, async () => (await loading).send({ ...push, token }));
    return { taken: true };
  } catch (error) {
    log.warn({ provider: 'fcm', ...failure(error) }, 'the push message was not taken');
    return isGone(error) ? { taken: false, goneToken: token } : { taken: false };
  }
}

function isGone(error: unknown): boolean {
  return Object(error).code === 'messaging/registration-token-not-registered';
}

function together(outcomes: Outcome[]): Delivery {
  const delivery = outcomes.some(({ taken }) => taken) ? 'accepted' : 'failed';
  const goneTokens = outcomes.flatMap(({ goneToken }) => goneToken ?? []);
  return goneTokens.length > 0 ? { delivery, goneTokens } : { delivery };
}
