import { minute, second } from './time.ts';

/** A user has two hands and perhaps a desk phone; more is a mistake or an attack. */
export const maxFactors = 5;

/** Past this, the device that was heard of longest ago makes room. */
export const maxDevices = 10;

/** For how long a request with an idempotency key is under way at most, should its replica have died. */
export const claimedForMs = 20 * second;

/** For how long its answer is stored. */
export const answeredForMs = 10 * minute;

/** Answers stored for one challenge: more than its 5 codes, 15 guesses and other steps need. */
export const maxAnswers = 48;

/** Their volume: 48 answers of the usual size. */
export const maxAnswerBytes = 128 * 1024;

/** A challenge is kept past its end, so that an expired one differs from one that never was. */
export const challengeGraceMs = minute;
