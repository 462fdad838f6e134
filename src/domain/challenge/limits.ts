import { minute, second } from '../time.ts';

/** "A challenge has at most 5 codes and 15 wrong guesses". */
export const challengeLimits = { codes: 5, wrongGuesses: 15 } as const;

/** How long a right guess reserves the code, in case its replica dies. */
export const proofLeaseMs = second;

/** "… start when it is answered, … never more than 60 seconds after sending". Needs a provider that reports answers. */
export const longestUnheardMs = minute;

export const resultTtlMs = minute;

export const approvalMemoryMs = 15 * minute;

/** The manual's 4 digits, and those of careful mode. */
export const codeLengths = { short: 4, long: 8 } as const;
