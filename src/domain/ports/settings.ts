/** How many guesses stand on an account at most. */
export type GuessLimits = {
  /** At 4 digits, in 365 days, all lanes together. */
  short: number;
  /** At 8 digits, in 24 hours, in the strangers' lane. */
  long: number;
  /** At 8 digits, in 24 hours, on all known devices of the user together. */
  longOnDevices: number;
};

/** How many codes may be sent. "Unapproved" means codes that led to no approval. */
export type SendingLimits = {
  userUnapprovedPerQuarter: number;
  userPerHour: number;
  userPerDay: number;
  /** Calls to confirm a number that is no active factor of the user, over all users. */
  pendingNumberPerHour: number;
  pendingNumberPerDay: number;
  organizationPerHour: number;
  organizationPerDay: number;
  /** Calls that the Twilio account places in a second without queueing. */
  callsPerSecond: number;
};

/** The settings of the operator that the domain uses. */
export type Settings = {
  /** Methods offered, in the order a screen lists them. */
  methods: string[];
  codeTtlMs: number;
  /** Whether a call's code starts to live when a key is pressed, not when it is answered. */
  callKeyFirst: boolean;
  codeAttempts: number;
  challengeTtlMs: number;
  /** The first version of each app that has the screens for a second factor. */
  minimumAppVersions: ReadonlyMap<string, string>;
  /** ISO 3166-1 alpha-2 codes of the countries that may be called. */
  callCountries: ReadonlySet<string>;
  /** Prefixes in E.164, with the plus, that are never called. */
  callDenyPrefixes: readonly string[];
  guessLimits: GuessLimits;
  /** How many challenges of one user may be started in a minute. */
  startsPerMinute: number;
  /** How often a challenge token may be used. */
  tokenUsesPerMinute: number;
  sending: SendingLimits;
};
