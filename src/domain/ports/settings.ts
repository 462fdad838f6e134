import type { GuessAccount } from '../people.ts';

/** How many wrong guesses of each kind an account takes before it is full. */
export type GuessLimits = GuessAccount;

/** How many codes may be sent; "unapproved" are those that led to no approval. */
export type SendingLimits = {
  userUnapprovedPerQuarter: number;
  userPerHour: number;
  userPerDay: number;
  /** Calls to confirm a number that is no active factor of the user, over all users. */
  pendingNumberPerHour: number;
  pendingNumberPerDay: number;
  organizationPerHour: number;
  organizationPerDay: number;
  /** What the telephony account places without queueing. */
  callsPerSecond: number;
};

/** The numbers and choices an operator sets. */
export type Settings = {
  /** Methods offered, in the order a screen lists them. */
  methods: string[];
  codeTtlMs: number;
  codeAttempts: number;
  challengeTtlMs: number;
  /** The first version of each app that has the screens for a second factor. */
  minimumAppVersions: ReadonlyMap<string, string>;
  /** ISO 3166-1 alpha-2 codes of the countries that may be called. */
  callCountries: ReadonlySet<string>;
  /** E.164 beginnings, with the plus, that are never called. */
  callDenyPrefixes: readonly string[];
  /** Wrong guesses after which an account is full: of 4-digit codes, of 8-digit ones. */
  guessLimits: GuessLimits;
  sending: SendingLimits;
};
