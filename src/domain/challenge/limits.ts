import { minute, second } from '../time.ts';

/** "A challenge has at most 5 codes and 15 wrong guesses". */
export const challengeLimits = { codes: 5, wrongGuesses: 15 } as const;

/** How long a right guess keeps the code to itself. If its replica dies, the code is in play again then. */
export const proofLeaseMs = second;

/**
 * "The 30 seconds of a call's code start when it is answered, … never more than 60 seconds after
 * sending": so long it lives while nobody has answered, where we would be told.
 */
export const longestUnheardMs = minute;

/** How long a result may be redeemed. */
export const resultTtlMs = minute;

/** How long an approval is remembered: it allows changing factors for this long. */
export const approvalMemoryMs = 15 * minute;

/** How many digits a code has: the manual's 4, and what careful mode makes of them. */
export const codeLengths = { short: 4, long: 8 } as const;
