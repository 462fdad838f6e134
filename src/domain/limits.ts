import { minute, second } from './time.ts';

/** A user has a mobile, a desk phone and some more. Beyond this it is a mistake or an attack. */
export const maxFactors = 5;

/** Above this, a new device replaces the one unused the longest. */
export const maxDevices = 10;

/** How long a claim on an idempotency key lasts when its replica has died. */
export const claimedForMs = 20 * second;

/** How long the answer to a request with a key is stored. */
export const answeredForMs = 10 * minute;

/** Answers stored for one challenge: more than its 5 codes, 15 guesses and other steps need. */
export const maxAnswers = 48;

/** Their volume: 48 answers of the usual size. */
export const maxAnswerBytes = 128 * 1024;

/** A challenge stays stored after its end, so an expired one differs from an unknown one. */
export const challengeGraceMs = minute;

/**
 * How many guesses stand on an account at most: 9 at 4 digits in a year, then 20 at 8 digits a day from strangers and 5
 * on known devices. Together 9/9,999 + 25 × 365/99,999,999: below 1 in 1,000 per user and year.
 */
export const defaultGuessLimits = { short: 9, long: 20, longOnDevices: 5 } as const;
