import type { ChallengeRef, DeliveryState } from '../challenge/challenge.ts';
import type { Device } from '../people.ts';

/** One sending of one code. */
export type CodeRef = {
  challenge: ChallengeRef;
  codeId: string;
  /** The line of the number that is called, hashed; null for what is no call. */
  line: string | null;
};

/** One code on its way to a user. */
export type CodeMessage = {
  ref: CodeRef;
  /** The digits in clear: to be delivered and forgotten, never logged. */
  code: string;
  expiresAt: Date;
  /** BCP 47, of the user's screens. */
  language: string;
  /** BCP 47, of the organization. */
  voiceLanguage: string;
  /** The factor's address: an E.164 number for `call`. */
  address: string;
  /** The devices of the user, for methods that reach devices. */
  devices: Device[];
};

export type Delivery = {
  /** `failed` may have arrived all the same; `not-placed` surely has not. */
  delivery: 'accepted' | 'failed' | 'not-placed';
  /** The provider's own name of the call, where one was placed. */
  callId?: string;
  /** Push tokens that the provider says no longer exist. */
  goneTokens?: string[];
};

/** What a provider sent us about a delivery, as it came. */
export type ReportMessage = {
  /** The last part of the address it came to: what the channel had put there. */
  reference: string;
  fields: Readonly<Record<string, string>>;
  signature: string | null;
};

/** How far a delivery has come, in the provider's words. */
export type DeliveryReport = { ref: CodeRef; callId: string; delivery: DeliveryState };

/** A key that somebody pressed in a call that asks for one first. */
export type KeyPress = {
  ref: CodeRef;
  callId: string;
  /** Whether it is a key that asks for the code. */
  wanted: boolean;
  /** What the call can say, in the provider's form. `code` opens what `Channel.sealCode` sealed. */
  answers: { code(sealed: string): string; question: string; end: string };
};

/** What a user's devices are told of. */
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

/** What happened to a user, for the devices that were there before it. */
export type Notice = {
  about: NoticeKind;
  /** The factor or the app, as a screen may show it; empty where the notice is of neither. */
  hint: string;
  /** BCP 47. */
  language: string;
  devices: Device[];
};

/** One way of bringing a code to a user: the method's name and how it is done. */
export interface Channel {
  readonly method: string;
  /** A word for logs and the start-up lines: `twilio`, `fcm`, `console`. */
  readonly provider: string;
  /**
   * Asks the provider once, never again for the same code. Resolves within its own time limit,
   * also when the provider fails: `accepted` only when it took the message.
   */
  deliver(message: CodeMessage): Promise<Delivery>;
  /** Tells devices, where the channel reaches any; within its time limit, failing quietly. */
  notify?(notice: Notice): Promise<void>;
  /** Ends a call that still rings, or any with `answered`; within its time limit, failing quietly. */
  hangUp?(callId: string, options?: { answered?: boolean }): Promise<void>;
  /**
   * Reads what the provider tells of a delivery later on. Only there when it can tell.
   *
   * @returns null for news of no concern.
   * @throws Problem `forbidden` when the provider did not sign it for this address.
   */
  readReport?(message: ReportMessage): Promise<DeliveryReport | null>;
  /** Seals the digits of a code until a key asks for them. Only there when calls ask for a key first. */
  sealCode?(codeId: string, digits: string): string;
  /** Reads a key that was pressed. Only there with `sealCode`. @throws as `readReport`. */
  readKey?(message: ReportMessage): Promise<KeyPress>;
}
