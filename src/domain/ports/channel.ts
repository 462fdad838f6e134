import type { ChallengeRef, DeliveryState } from '../challenge/challenge.ts';
import type { Device } from '../people.ts';

export type CodeRef = {
  challenge: ChallengeRef;
  codeId: string;
  /** The hashed line of the number. Null without a call. */
  line: string | null;
};

export type CodeMessage = {
  ref: CodeRef;
  /** The digits in clear. Never log them. */
  code: string;
  expiresAt: Date;
  /** BCP 47, of the user's screens. */
  language: string;
  /** BCP 47, of the organization. */
  voiceLanguage: string;
  /** The factor's address: an E.164 number for `call`. */
  address: string;
  /** For methods that reach devices. */
  devices: Device[];
};

export type Delivery = {
  /** `failed` may have arrived all the same; `not-placed` did not. */
  delivery: 'accepted' | 'failed' | 'not-placed';
  /** The provider's id of the call. */
  callId?: string;
  /** Push tokens that no longer exist. */
  goneTokens?: string[];
};

/** A provider's message about a delivery, as received. */
export type ReportMessage = {
  /** The last part of the URL, which the channel had made. */
  reference: string;
  fields: Readonly<Record<string, string>>;
  signature: string | null;
};

export type DeliveryReport = { ref: CodeRef; callId: string; delivery: DeliveryState };

/** A key that was pressed in a call that asks for one first. */
export type KeyPress = {
  ref: CodeRef;
  callId: string;
  /** Whether this key asks for the code. */
  wanted: boolean;
  /** What the call can say, in the provider's form. `code` opens what `Channel.sealCode` sealed. */
  answers: { code(sealed: string): string; question: string; end: string };
};

export type NoticeKind =
  | 'factor-added'
  | 'factor-removed'
  | 'factors-reset'
  | 'device-added'
  | 'device-refreshed'
  | 'device-waiting'
  | 'guesses-alarming'
  | 'user-careful'
  | 'user-locked';

/** What happened to a user, for the devices that they had before. */
export type Notice = {
  about: NoticeKind;
  /** The factor or the app, as a screen may show it. Empty when the notice is about neither. */
  hint: string;
  /** BCP 47. */
  language: string;
  devices: Device[];
};

/** One way to deliver a code. */
export interface Channel {
  readonly method: string;
  /** For logs and the banner: `twilio`, `fcm`, `console`. */
  readonly provider: string;
  /** Asks the provider once; never retried. Resolves within its own time limit, also after a failure. */
  deliver(message: CodeMessage): Promise<Delivery>;
  /** Sends a notice to devices. Has a time limit; fails quietly. */
  notify?(notice: Notice): Promise<void>;
  /** Ends a call that rings, or with `answered` any call. Has a time limit; fails quietly. */
  hangUp?(callId: string, options?: { answered?: boolean }): Promise<void>;
  /**
   * Reads a later report of the provider. Missing when the provider cannot report.
   *
   * @returns null for a report that does not matter.
   * @throws Problem `forbidden` when the signature is not the provider's.
   */
  readReport?(message: ReportMessage): Promise<DeliveryReport | null>;
  /** Seals the digits until a key asks for them. Missing when calls ask for none. */
  sealCode?(codeId: string, digits: string): string;
  /** Reads a pressed key. Missing without `sealCode`. @throws as `readReport`. */
  readKey?(message: ReportMessage): Promise<KeyPress>;
}
