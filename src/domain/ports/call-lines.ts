/** One call on the line of a number. Number and owner are hashed. */
export type LineCall = {
  number: string;
  /** The user and lane. A newer call of the same owner ends the older one. */
  owner: string;
  codeId: string;
};

/** "A number gets one call at a time", over all replicas. Redis. */
export interface CallLines {
  /** Waits for the line for `holdMs`. @returns null: it is free or the owner's. Else the longest wait in ms. */
  join(call: LineCall, holdMs: number): Promise<number | null>;
  /** For `lifeMs`, as the call is placed. @returns the owner's older calls, to be ended. Null: another has the line. */
  take(call: LineCall, lifeMs: number): Promise<string[] | null>;
  /** Stores the provider's id of a call. @returns false when a newer call has the line: end this one. */
  name(call: Pick<LineCall, 'number' | 'codeId'>, callId: string): Promise<boolean>;
  leave(call: Pick<LineCall, 'number' | 'codeId'>): Promise<void>;
}
