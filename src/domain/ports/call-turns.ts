/** One call that wants to be placed. */
export type TurnRequest = {
  /** Names the call: the same one keeps its place when it asks again. */
  member: string;
  organizationId: string;
  /** What the provider's account places. */
  perSecond: number;
  /** Counted from the first time that this member asks, in milliseconds. */
  maxWaitMs: number;
};

export type Turn =
  | { state: 'granted' }
  /** It has a place: ask again after so many milliseconds. */
  | { state: 'waiting'; againMs: number }
  /** Its turn does not come in time: it has no place. There is room after so many milliseconds. */
  | { state: 'refused'; retryAfterMs: number };

/** Turns at a provider that places few calls a second, fair between organizations. Redis. */
export interface CallTurns {
  ask(request: TurnRequest): Promise<Turn>;
  /** Frees the place of a call that waits, or the turn of one that was not placed after all. */
  giveUp(request: Pick<TurnRequest, 'member' | 'perSecond'>): Promise<void>;
}
