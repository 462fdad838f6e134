import { minute, second } from './time.ts';

export const maxFactors = 5;

/** Above this, a new device replaces the one unused the longest. */
export const maxDevices = 10;

/** How long a claim on an idempotency key lasts when its replica dies. */
export const claimedForMs = 20 * second;

export const answeredForMs = 10 * minute;

/** Answers stored for one challenge: enough for 5 codes, 15 guesses and other steps. */
export const maxAnswers = 48;

export const maxAnswerBytes = 128 * 1024;

/** A challenge stays stored after its end, so an expired one differs from an unknown one. */
export const challengeGraceMs = minute;

/**
 * 9 guesses at 4 digits a year, then a day 20 at 8 digits from strangers and 5 on known devices: 9/9,999 + 25 ×
 * 365/99,999,999 is below 1 in 1,000 per user and year.
 */
export const defaultGuessLimits = { short: 9, long: 20, longOnDevices: 5 } as const;
