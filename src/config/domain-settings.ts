import type { Settings } from '../domain/ports.ts';
import type { Config } from './config.ts';

/** Test calls report their answers and keys without `PUBLIC_URL` too. */
export function testSettingsOf(config: Config): Settings {
  return { ...settingsOf(config), mode: 'test', callKeyFirst: config.CALL_KEY_FIRST };
}

/** The part of the configuration that the domain knows. */
export function settingsOf(config: Config): Settings {
  return {
    mode: 'live',
    methods: config.METHODS,
    callerNumber: config.TWILIO_FROM,
    codeTtlMs: config.CODE_TTL_SECONDS * 1000,
    callKeyFirst: config.CALL_KEY_FIRST && config.PUBLIC_URL !== null,
    codeAttempts: config.CODE_ATTEMPTS,
    challengeTtlMs: config.CHALLENGE_TTL_SECONDS * 1000,
    minimumAppVersions: config.MIN_APP_VERSIONS,
    callCountries: new Set(config.CALL_COUNTRIES),
    callDenyPrefixes: config.CALL_DENY_PREFIXES ?? [],
    guessLimits: {
      short: config.GUESSES_UNTIL_CAREFUL,
      long: config.GUESSES_UNTIL_LOCKED,
      longOnDevices: config.GUESSES_ON_KNOWN_DEVICES,
    },
    startsPerMinute: config.STARTS_PER_USER_MINUTE,
    tokenUsesPerMinute: config.TOKEN_USES_PER_MINUTE,
    sending: {
      userUnapprovedPerQuarter: config.CODES_PER_USER_UNAPPROVED,
      userPerHour: config.CODES_PER_USER_HOUR,
      userPerDay: config.CODES_PER_USER_DAY,
      pendingNumberPerHour: config.CODES_PER_PENDING_NUMBER_HOUR,
      pendingNumberPerDay: config.CODES_PER_PENDING_NUMBER_DAY,
      organizationPerHour: config.CODES_PER_ORGANIZATION_HOUR,
      organizationPerDay: config.CODES_PER_ORGANIZATION_DAY,
      callsPerSecond: config.CALLS_PER_SECOND,
    },
  };
}
