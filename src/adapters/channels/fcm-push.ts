import type { BaseMessage } from 'firebase-admin/messaging';
import type { Device } from '../../domain/people.ts';
import type { Delivery } from '../../domain/ports.ts';
import { denyTokens } from '../deny-tokens.ts';
import { breakerFor, isNotPlaced, isRefusal } from './breaker.ts';
import type { ChannelKind, ChannelSeams } from './channel-kind.ts';
import { loadFcm } from './fcm-client.ts';
import { loadOnce } from './load-once.ts';
import { defaultLimitMs, failure, withinLimit } from './provider-call.ts';
import { noticeMessage, pushMessage } from './push-message.ts';
import { readServiceAccount, type ServiceAccount } from './service-account.ts';

type FcmSettings = { googleCredentialsFile: string | null; pushShowCode: boolean };

const provider = 'fcm';

/** A notification on each device of the user, through Firebase Cloud Messaging. */
export const fcmPush: ChannelKind<FcmSettings> = {
  method: 'push',
  configured: ({ googleCredentialsFile }) => googleCredentialsFile !== null,
  create({ googleCredentialsFile: file, pushShowCode }, seams) {
    if (file === null) throw new Error('GOOGLE_APPLICATION_CREDENTIALS is not set');
    const { load, send } = sender(readServiceAccount(file), seams);
    const { make } = denyTokens(seams.sealing);
    return {
      method: 'push',
      provider,
      prepare: load,
      deliver: (message) =>
        send(
          pushMessage(message, { showCode: pushShowCode, denyToken: make(message.ref) }),
          message.devices,
          { challengeId: message.ref.challenge.id },
        ),
      notify: async (notice) => void (await send(noticeMessage(notice), notice.devices, {})),
    };
  },
};

/** The outcome of the message to one device. */
type Outcome = { taken: true } | { taken: false; token: string; error: unknown };

function sender(account: ServiceAccount, seams: ChannelSeams) {
  const { log, onCircuit, limitMs = defaultLimitMs, connections } = seams;
  const load = loadOnce(() => loadFcm(account, limitMs, connections?.[provider]));
  const breaker = breakerFor(provider, log, onCircuit);

  const sendOne = async (push: BaseMessage, token: string, about: object): Promise<Outcome> => {
    try {
      // `send`, not `sendEach`: plain HTTP/1.1, which our agent controls.
      const name = await withinLimit(limitMs, async () => (await load()).send({ ...push, token }));
      if (typeof name !== 'string') throw new TypeError('not a message');
      return { taken: true };
    } catch (error) {
      log.warn({ provider, ...about, ...failure(error) }, 'the push message was not taken');
      return { taken: false, token, error };
    }
  };

  /** @param about what lines of the log tell of it. */
  const send = async (push: BaseMessage, devices: Device[], about: object): Promise<Delivery> => {
    if (devices.length === 0) return { delivery: 'not-placed' };
    const outcomes: Outcome[] = [];
    try {
      // All at once, so that a probe of a failed provider reaches every device.
      await breaker(async () => {
        const sending = devices.map(({ pushToken }) => sendOne(push, pushToken, about));
        outcomes.push(...(await Promise.all(sending)));
        throwIfInVain(outcomes);
      });
    } catch (error) {
      if (outcomes.length === 0)
        log.warn({ provider, ...about, ...failure(error) }, 'no push message was sent');
    }
    return together(outcomes);
  };
  return { load, send };
}

/** Throws the provider's failure, unless the push tokens are the reason. */
function throwIfInVain(outcomes: Outcome[]): void {
  if (outcomes.some(({ taken }) => taken)) return;
  const fault = outcomes.find((outcome) => !outcome.taken && !isRefusal(outcome.error));
  if (fault && !fault.taken) throw fault.error;
}

function together(outcomes: Outcome[]): Delivery {
  const delivery = stateOf(outcomes);
  const goneTokens = outcomes.flatMap((outcome) =>
    !outcome.taken && isGone(outcome.error) ? outcome.token : [],
  );
  return goneTokens.length > 0 ? { delivery, goneTokens } : { delivery };
}

/** Without outcomes the provider was not asked. */
function stateOf(outcomes: Outcome[]): Delivery['delivery'] {
  if (outcomes.some(({ taken }) => taken)) return 'accepted';
  const surely = outcomes.every((outcome) => !outcome.taken && isNotPlaced(outcome.error));
  return surely ? 'not-placed' : 'failed';
}

function isGone(error: unknown): boolean {
  return Object(error).code === 'messaging/registration-token-not-registered';
}
