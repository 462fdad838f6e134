import type { DeliveryState } from '../../domain/challenge/challenge.ts';
import type { CodeRef, DeliveryReport, ReportMessage } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import type { Sealing } from '../sealing.ts';
import type { Loaded, TwilioSettings } from './twilio-client.ts';

const place = ['callback', 'twilio'] as const;

/** Room for the longest ids there may be, in any script. */
const reference = /^[\w-]{1,32}(\.[\w-]{1,2000}){1,2}$/;

const callSid = /^CA[0-9a-fA-F]{32}$/;

/** Twilio's words for how a call goes, in ours. */
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

/** How Twilio tells of a call later on: at an address of its own, which says whose call it is. */
export function statusReports(account: Account, sealing: Sealing) {
  const urlOf = (sealed: string) => `${account.publicUrl}/webhooks/twilio/calls/${sealed}`;
  return {
    /** What goes with a call when it is placed. */
    askedFor: (ref: CodeRef) => ({
      statusCallback: urlOf(sealing.seal(written(ref), place)),
      statusCallbackMethod: 'POST',
      statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    }),
    /** See `Channel.readReport`. @throws Problem `not-found` when the address is none of ours. */
    read({ sdk }: Pick<Loaded, 'sdk'>, message: ReportMessage): DeliveryReport | null {
      const { fields } = message;
      if (!isSigned(sdk, account, urlOf(message.reference), message))
        throw new Problem('forbidden');
      const callId = fields['CallSid'] ?? '';
      if (!callSid.test(callId) || fields['AccountSid'] !== account.accountSid)
        throw new Problem('forbidden');
      const ref = opened(message.reference, sealing);
      const delivery = states.get(fields['CallStatus'] ?? '');
      return delivery ? { ref, callId, delivery } : null;
    },
  };
}

export type StatusReports = ReturnType<typeof statusReports>;

/** With an empty auth token anybody could sign. */
function isSigned(
  sdk: Loaded['sdk'],
  { authToken }: Account,
  url: string,
  { fields, signature }: ReportMessage,
): boolean {
  if (!authToken || !signature) return false;
  return sdk.validateRequest(authToken, signature, url, fields);
}

function written({ challenge: { organizationId, userId, id }, codeId, line }: CodeRef): string {
  return JSON.stringify([organizationId, userId, id, codeId, line]);
}

function opened(sealed: string, sealing: Sealing): CodeRef {
  if (!reference.test(sealed)) throw new Problem('not-found');
  try {
    const [organizationId, userId, id, codeId, line = null] = JSON.parse(
      sealing.open(sealed, place),
    );
    return { challenge: { organizationId, userId, id }, codeId, line };
  } catch (cause) {
    throw new Problem('not-found', { cause });
  }
}
