import type { DeliveryState } from '../../domain/challenge/challenge.ts';
import type {
  CodeMessage,
  CodeRef,
  DeliveryReport,
  KeyPress,
  ReportMessage,
} from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import { readRef, writeRef } from '../code-ref.ts';
import type { Place, Sealing } from '../sealing.ts';
import { spokenCode, spokenDenied, spokenEnd, spokenQuestion } from './spoken-code.ts';
import type { Loaded, TwilioSettings } from './twilio-client.ts';

const place = ['callback', 'twilio'] as const;
const keyPlace = ['callback', 'twilio-key'] as const;

/** The context for sealing the digits of a code until a key asks for them. */
const codePlace = (codeId: string) => ['challenge', 'code', codeId] as const;

/** "It was not me." */
const deniedKey = '9';

/** Room for the longest ids, in any script. */
const reference = /^[\w-]{1,32}(\.[\w-]{1,2000}){1,2}$/;

const callSid = /^CA[0-9a-fA-F]{32}$/;

/** Twilio's states of a call, and ours. */
const states = new Map<string, DeliveryState>([
  ['queued', 'accepted'],
  ['initiated', 'accepted'],
  ['ringing', 'ringing'],
  ['in-progress', 'answered'],
  ['completed', 'completed'],
  ['busy', 'busy'],
  ['no-answer', 'no-answer'],
  ['failed', 'failed'],
  ['canceled', 'failed'],
]);

type Account = Pick<TwilioSettings, 'accountSid' | 'authToken'> & { publicUrl: string };

/** Reports from Twilio about a call. Their address identifies the call. */
export function statusReports(account: Account, sealing: Sealing) {
  const urlOf = (sealed: string) => `${account.publicUrl}/webhooks/twilio/calls/${sealed}`;
  const keyUrlOf = (sealed: string) => `${urlOf(sealed)}/key`;
  return {
    /** Fields for the request that places a call. */
    askedFor: (ref: CodeRef) => ({
      statusCallback: urlOf(sealing.seal(writeRef(ref), place)),
      statusCallbackMethod: 'POST',
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    }),
    /** See `Channel.readReport`. @throws Problem `not-found` for an address that is not ours. */
    read({ sdk }: Pick<Loaded, 'sdk'>, message: ReportMessage): DeliveryReport | null {
      const callId = signedCall(sdk, account, urlOf(message.reference), message);
      const ref = refIn(opened(message.reference, sealing, place));
      const delivery = states.get(message.fields['CallStatus'] ?? '');
      return delivery ? { ref, callId, delivery } : null;
    },
    /** The address for a pressed key. It identifies the code and does not contain it. */
    keyUrl: ({ ref, voiceLanguage }: Pick<CodeMessage, 'ref' | 'voiceLanguage'>) =>
      keyUrlOf(sealing.seal(JSON.stringify([writeRef(ref), voiceLanguage]), keyPlace)),
    /** See `Channel.sealCode`. */
    sealCode: (codeId: string, digits: string) => sealing.seal(digits, codePlace(codeId)),
    /** See `Channel.readKey`. */
    readKey({ sdk }: Pick<Loaded, 'sdk'>, message: ReportMessage): KeyPress {
      const url = keyUrlOf(message.reference);
      const callId = signedCall(sdk, account, url, message);
      const [text, language] = JSON.parse(opened(message.reference, sealing, keyPlace));
      const ref = refIn(text);
      const key = message.fields['Digits'] ?? '';
      const response = () => new sdk.twiml.VoiceResponse();
      return {
        ref,
        callId,
        wanted: key !== '' && key !== deniedKey,
        denied: key === deniedKey,
        answers: {
          code: (sealed) =>
            spokenCode(response(), sealing.open(sealed, codePlace(ref.codeId)), language, url),
          question: spokenQuestion(response(), language, url),
          end: spokenEnd(response(), language),
          denied: spokenDenied(response(), language),
        },
      };
    },
  };
}

export type StatusReports = ReturnType<typeof statusReports>;

/** The call of a message. @throws Problem `forbidden` when Twilio did not sign it. */
function signedCall(
  sdk: Loaded['sdk'],
  account: Account,
  url: string,
  message: ReportMessage,
): string {
  const callId = message.fields['CallSid'] ?? '';
  const ours = message.fields['AccountSid'] === account.accountSid && callSid.test(callId);
  if (!isSigned(sdk, account, url, message) || !ours) throw new Problem('forbidden');
  return callId;
}

/** Anybody could sign with an empty auth token. */
function isSigned(
  sdk: Loaded['sdk'],
  { authToken }: Account,
  url: string,
  { fields, signature }: ReportMessage,
): boolean {
  if (!authToken || !signature) return false;
  return sdk.validateRequest(authToken, signature, url, fields);
}

function opened(sealed: string, sealing: Sealing, where: Place): string {
  if (!reference.test(sealed)) throw new Problem('not-found');
  try {
    return sealing.open(sealed, where);
  } catch (cause) {
    throw new Problem('not-found', { cause });
  }
}

/** @throws Problem `not-found` */
function refIn(text: string): CodeRef {
  const ref = readRef(text);
  if (!ref) throw new Problem('not-found');
  return ref;
}
