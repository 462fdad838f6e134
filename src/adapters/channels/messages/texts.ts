import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';
import type { NoticeKind } from '../../../domain/ports.ts';

/** All texts of one language. One that is missing is a type error. */
export type Texts = {
  /** The language in which Twilio reads the texts of a call. */
  voice: NonNullable<VoiceResponse.SayAttributes['language']>;
  callQuestion: string;
  callOpening: string;
  callAgain: string;
  callEnding: string;
  /** The ending where a key says "it was not me". */
  callDenyEnding: string;
  /** The answer to that key. */
  callDenied: string;
  pushTitle: string;
  pushBody: (code: string) => string;
  pushBodyWithoutCode: string;
  noticeTitle: string;
  /** The title of a notice about somebody else's actions. */
  alarmTitle: string;
  /** `hint` is the factor or the app. */
  notices: Record<NoticeKind, (hint: string) => string>;
};
