/** One call on the line of a number; number and owner are hashed. */
export type LineCall = {
  number: string;
  /** The user and lane: the newer call of the same owner ends the older. */
  owner: string;
  codeId: string;
};

/** "A number gets one call at a time": who calls which number now, over all replicas. Redis. */
export interface CallLines {
  /**
   * Takes part in the line of a number before the call is placed, for `holdMs` at least.
   *
   * @returns null when the line is free or the owner's own; else for how many milliseconds another
   *   holds it at most.
   */
  join(call: LineCall, holdMs: number): Promise<number | null>;
  /**
   * Takes the line for a call that is placed now, for at most `lifeMs`.
   *
   * @returns the provider's names of the owner's older calls, which must be ended; null when the line
   *   is another owner's.
   */
  take(call: LineCall, lifeMs: number): Promise<string[] | null>;
  /**
   * Keeps the provider's name of a call.
   *
   * @returns false when a newer call took the line: this one must be ended.
   */
  name(call: Pick<LineCall, 'number' | 'codeId'>, callId: string): Promise<boolean>;
  /** The call is over, or was not placed. */
  leave(call: Pick<LineCall, 'number' | 'codeId'>): Promise<void>;
}
