import type { ChallengeRef, DeliveryState } from '../challenge/challenge.ts';
import type { Device } from '../people.ts';

export type CodeRef = {
  challenge: ChallengeRef;
  codeId: string;
  /** The hashed line of the number. Null without a call. */
  line: string | null;
  /** It was sent to a factor that is not the user's yet. */
  confirms: boolean;
};

export type CodeMessage = {
  ref: CodeRef;
  /** The digits in clear. Never log them. */
  code: string;
  expiresAt: Date;
  /** BCP 47, as all languages. Of the user's screens. */
  language: string;
  voiceLanguage: string;
  /** An E.164 number for `call`. */
  address: string;
  devices: Device[];
};

export type Delivery = {
  /** `failed` may have arrived all the same; `not-placed` did not. */
  delivery: 'accepted' | 'failed' | 'not-placed';
  callId?: string;
  goneTokens?: string[];
};

/** A provider's message about a delivery, as received. */
export type ReportMessage = {
  /** The last part of the URL, which the channel had made. */
  reference: string;
  fields: Readonly<Record<string, string>>;
  signature: string | null;
};

export type DeliveryReport = {
  ref: CodeRef;
  callId: string;
  delivery: DeliveryState;
  /** Milliseconds since 1970, by the store's clock. Missing: now. */
  at?: number;
};

export type KeyPress = {
  ref: CodeRef;
  callId: string;
  /** Whether this key asks for the code. */
  wanted: boolean;
  /** As in {@link DeliveryReport}. */
  at?: number;
  /** Whether it says "it was not me". */
  denied: boolean;
  /** What the call can say, in the provider's form. `code` opens what `Channel.sealCode` sealed. */
  answers: { code(sealed: string): string; question: string; end: string; denied: string };
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
  | 'user-locked'
  | 'known-device-added'
  | 'known-device-removed'
  | 'known-device-stolen'
  | 'pass-created'
  | 'pass-used'
  | 'recovery-codes-created'
  | 'recovery-code-used'
  | 'challenge-denied';

/** For the devices that the user had before. */
export type Notice = {
  about: NoticeKind;
  /** Of the factor or the app. Empty when the notice is about neither. */
  hint: string;
  language: string;
  devices: Device[];
};

export interface Channel {
  readonly method: string;
  readonly provider: string;
  /** Loads what the first delivery needs, which otherwise waits for it. That delivery reports a failure. */
  prepare?(): Promise<unknown>;
  /** Asks the provider once; never retried. Resolves within its own time limit, also after a failure. */
  deliver(message: CodeMessage): Promise<Delivery>;
  /** Has a time limit; fails quietly. */
  notify?(notice: Notice): Promise<void>;
  /** Ends a call that rings, or with `answered` any call. Has a time limit; fails quietly. */
  hangUp?(callId: string, options?: { answered?: boolean }): Promise<void>;
  /** Null: it does not matter. @throws Problem `forbidden` when the signature is not the provider's. */
  readReport?(message: ReportMessage): Promise<DeliveryReport | null>;
  /** Seals the digits until a key asks for them. */
  sealCode?(codeId: string, digits: string): string;
  /** @throws as `readReport`. */
  readKey?(message: ReportMessage): Promise<KeyPress>;
}
