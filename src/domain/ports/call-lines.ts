/** One call on the line of a number. Number and owner are hashed. */
export type LineCall = {
  number: string;
  /** The user and lane. A newer call of the same owner ends the older one. */
  owner: string;
  /** An owner whose calls end for this one: a known device does not wait for strangers. */
  outranks: string | null;
  codeId: string;
};

export type LineState =
  /** It has the line, as by `take`: no other call of the owner is there. */
  | { state: 'taken' }
  /** It keeps the line from other owners. `take` ends the owner's older calls. */
  | { state: 'joined' }
  /** Another owner has it, for so long at most. */
  | { state: 'busy'; leftMs: number };

/** "A number gets one call at a time", over all replicas. Redis. */
export interface CallLines {
  /** Before the call is placed: waits for the line for `holdMs`, or takes it for `lifeMs`. */
  join(call: LineCall, times: { holdMs: number; lifeMs: number }): Promise<LineState>;
  /** For `lifeMs`, as the call is placed. @returns the owner's older calls, to be ended. Null: another has the line. */
  take(call: LineCall, lifeMs: number): Promise<string[] | null>;
  /** Stores the provider's id of a call. @returns false when a newer call has the line: end this one. */
  name(call: Pick<LineCall, 'number' | 'codeId'>, callId: string): Promise<boolean>;
  leave(call: Pick<LineCall, 'number' | 'codeId'>): Promise<void>;
}
