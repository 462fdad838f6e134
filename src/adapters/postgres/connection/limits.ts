/** How long one call of a port may take, in milliseconds. */
export type Limits = { answerMs: number };

/** A login waits no longer for the database. */
export const loginLimits: Limits = { answerMs: 800 };

/** A command connects while it still loads, which is slow on a busy machine. No login waits for it. */
export const commandLimits: Limits = { answerMs: 10_000 };

/** The limit of one statement. It ends before the call, so that the caller learns the reason. */
export const statementMs = ({ answerMs }: Limits) => answerMs - 100;

/** For work in many small steps. Each step has the limit of a statement. */
export const slowWorkMs = 10 * 60_000;
