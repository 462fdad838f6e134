import { minute, second } from './time.ts';

export const maxFactors = 5;

/** Above this, a new device replaces the one unused the longest. */
export const maxDevices = 10;

/** Above this, a new one replaces the one unused the longest. */
export const maxKnownDevices = 5;

/** How long a claim on an idempotency key lasts when its replica dies. */
export const claimedForMs = 20 * second;

export const answeredForMs = 10 * minute;

/** Answers stored for one challenge: enough for 5 codes, 15 guesses and other steps. */
export const maxAnswers = 48;

export const maxAnswerBytes = 128 * 1024;

/** How long a challenge stays stored after its end, for the client that started it. */
export const endedMemoryMs = 15 * minute;

/** A guesser succeeds with 9/9,999 + (20 + 5) × 365/99,999,999: below 1 in 1,000 per user and year. */
export const defaultGuessLimits = { short: 9, long: 20, longOnDevices: 5 } as const;
