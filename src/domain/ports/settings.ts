import type { Mode } from '../mode.ts';

/** 4 digits: in 365 days, in all lanes. 8 digits: in 24 hours, by strangers or on all known devices together. */
export type GuessLimits = {
  short: number;
  long: number;
  longOnDevices: number;
};

/** How many codes may be sent. "Unapproved": codes that led to no approval. */
export type SendingLimits = {
  userUnapprovedPerQuarter: number;
  userPerHour: number;
  userPerDay: number;
  /** Calls to numbers that are not an active factor, over all users. */
  pendingNumberPerHour: number;
  pendingNumberPerDay: number;
  organizationPerHour: number;
  organizationPerDay: number;
  callsPerSecond: number;
};

export type Settings = {
  mode: Mode;
  /** In the order of the screen. */
  methods: string[];
  /** The number that calls, in E.164. Null without a provider. */
  callerNumber: string | null;
  codeTtlMs: number;
  /** Whether a call's code starts to live when a key is pressed, not at the answer. */
  callKeyFirst: boolean;
  codeAttempts: number;
  challengeTtlMs: number;
  minimumAppVersions: ReadonlyMap<string, string>;
  /** ISO 3166-1 alpha-2. */
  callCountries: ReadonlySet<string>;
  /** E.164 prefixes, with the plus. */
  callDenyPrefixes: readonly string[];
  guessLimits: GuessLimits;
  /** For one user. */
  startsPerMinute: number;
  tokenUsesPerMinute: number;
  sending: SendingLimits;
};
