import type VoiceResponse from 'twilio/lib/twiml/VoiceResponse.js';

/** Every text there is, with what must be filled in to complete it. */
export type Texts = {
  callQuestion: undefined;
  callOpening: undefined;
  callAgain: undefined;
  callEnding: undefined;
  pushTitle: undefined;
  pushBody: { code: string };
  pushBodyWithoutCode: undefined;
  noticeTitle: undefined;
  noticeAdded: { hint: string };
  noticeRemoved: { hint: string };
  noticeReset: undefined;
  noticeDeviceAdded: { hint: string };
  noticeDeviceRefreshed: { hint: string };
  noticeDeviceWaiting: { hint: string };
  noticeAlarmTitle: undefined;
  noticeGuesses: undefined;
  noticeCareful: undefined;
  noticeLocked: undefined;
};

/** The texts of one language, in ICU message syntax; one left out is a type error. */
export type Catalogue = {
  /** The language Twilio reads them out in. */
  voice: NonNullable<VoiceResponse.SayAttributes['language']>;
  texts: Record<keyof Texts, string>;
};
