/** How long one question to the database may take, in milliseconds. */
export type Limits = { answerMs: number };

/** How long a caller who is logging in waits for the database at most. */
export const loginLimits: Limits = { answerMs: 800 };

/** How long one statement may take, so that an answer in time can still say that it did not come. */
export const statementMs = ({ answerMs }: Limits) => answerMs - 100;

/** For work that is done in many small steps, each of which has the time limit of a statement. */
export const slowWorkMs = 10 * 60_000;
