/** One call on the line of a number. Number and owner are hashed. */
export type LineCall = {
  number: string;
  /** The user and lane. A newer call of the same owner ends the older one. */
  owner: string;
  codeId: string;
};

/** "A number gets one call at a time", over all replicas. Redis. */
export interface CallLines {
  /**
   * Joins the line of a number for at least `holdMs`, before the call is placed.
   *
   * @returns null when the line is free or the owner's own, else the longest possible wait in ms.
   */
  join(call: LineCall, holdMs: number): Promise<number | null>;
  /**
   * Takes the line for a call that is placed now, for at most `lifeMs`.
   *
   * @returns the provider's ids of the owner's older calls, to be ended. Null: another owner has the line.
   */
  take(call: LineCall, lifeMs: number): Promise<string[] | null>;
  /** Stores the provider's id of a call. @returns false when a newer call has the line: end this one. */
  name(call: Pick<LineCall, 'number' | 'codeId'>, callId: string): Promise<boolean>;
  /** The call has ended, or was not placed. */
  leave(call: Pick<LineCall, 'number' | 'codeId'>): Promise<void>;
}
