import type { CodeMessage, Delivery } from '../../domain/ports.ts';
import { breakerFor, isNotPlaced, statusOf } from './breaker.ts';
import type { ChannelKind, ChannelSeams } from './channel-kind.ts';
import { loadOnce } from './load-once.ts';
import { defaultLimitMs, failure, withinLimit } from './provider-call.ts';
import { spokenCode, spokenQuestion } from './spoken-code.ts';
import { type Loaded, loadTwilio, type TwilioSettings } from './twilio-client.ts';
import { type StatusReports, statusReports } from './twilio-report.ts';

const provider = 'twilio';
const ringSeconds = 25;

/** Twilio's errors for a call that has ended or is unknown: there is nothing to end. */
const nothingToEnd = [400, 404, 409];

/** A phone call that speaks the code, through Twilio Programmable Voice. */
export const twilioCall: ChannelKind<{ twilio: TwilioSettings | null }> = {
  method: 'call',
  configured: ({ twilio }) => twilio !== null,
  create({ twilio: settings }, seams) {
    if (settings === null) throw new Error('TWILIO_ACCOUNT_SID is not set');
    const { publicUrl } = settings;
    const reports = publicUrl ? statusReports({ ...settings, publicUrl }, seams.sealing) : null;
    const { load, ask } = openTwilio(settings, seams);
    const warn = (error: unknown, words: string, about: object = {}) =>
      seams.log.warn({ provider, ...about, ...failure(error) }, words);
    return {
      method: 'call',
      provider,
      prepare: load,
      async deliver(message) {
        try {
          return await ask((twilio) => place(twilio, settings, message, reports));
        } catch (error) {
          const challengeId = message.ref.challenge.id;
          warn(error, 'the call could not be placed', { challengeId });
          return { delivery: isNotPlaced(error) ? 'not-placed' : 'failed' };
        }
      },
      async hangUp(callId, { answered = false } = {}) {
        try {
          await ask((twilio) => end(twilio, callId, answered ? 'completed' : 'canceled'));
        } catch (error) {
          if (!nothingToEnd.includes(statusOf(error))) warn(error, 'the call could not be ended');
        }
      },
      ...(reports && {
        readReport: async (message) => reports.read(await load(), message),
        sealCode: reports.sealCode,
        readKey: async (message) => reports.readKey(await load(), message),
      }),
    };
  },
};

function openTwilio(settings: TwilioSettings, seams: ChannelSeams) {
  const { log, onCircuit, limitMs = defaultLimitMs, connections } = seams;
  const load = loadOnce(() => loadTwilio(settings, connections?.[provider]));
  const breaker = breakerFor(provider, log, onCircuit);
  const ask = <T>(request: (twilio: Loaded) => Promise<T>) =>
    breaker(() => withinLimit(limitMs, async () => request(await load())));
  return { load, ask };
}

async function place(
  { sdk, client }: Loaded,
  { from, byocTrunk, keyFirst }: TwilioSettings,
  message: CodeMessage,
  reports: StatusReports | null,
): Promise<Delivery> {
  const response = new sdk.twiml.VoiceResponse();
  const { code, voiceLanguage } = message;
  const keyUrl = reports?.keyUrl(message) ?? null;
  const twiml =
    keyUrl && keyFirst
      ? spokenQuestion(response, voiceLanguage, keyUrl)
      : spokenCode(response, code, voiceLanguage, keyUrl);
  const call = await client.calls.create({
    to: message.address,
    from,
    timeout: ringSeconds,
    twiml,
    ...(byocTrunk && { byoc: byocTrunk }),
    ...reports?.askedFor(message.ref),
  });
  return { delivery: 'accepted', callId: sidOf(call) };
}

/** Twilio can cancel only a queued or ringing call. It can complete any call. */
async function end(
  { client }: Loaded,
  callId: string,
  status: 'canceled' | 'completed',
): Promise<void> {
  sidOf(await client.calls(callId).update({ status }));
}

/** The SDK accepts any answer as a call, even the page of a proxy. */
function sidOf({ sid }: { sid?: unknown }): string {
  if (typeof sid !== 'string') throw new TypeError('not a call');
  return sid;
}
