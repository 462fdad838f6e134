export type TurnRequest = {
  /** Identifies the call. It stays in the queue when it asks again. */
  member: string;
  organizationId: string;
  perSecond: number;
  /** From the first time that this member asks. 0: a turn now, or none and no place in the queue. */
  maxWaitMs: number;
  /** While nobody waits, a turn that comes this soon is granted ahead. */
  soonMs: number;
};

export type Turn =
  /** The call may be placed after `inMs`. */
  | { state: 'granted'; inMs: number }
  | { state: 'waiting'; againMs: number }
  /** Its turn comes too late, so it left the queue. */
  | { state: 'refused'; retryAfterMs: number };

/** A queue for a provider that places few calls a second. Fair between organizations. Redis. */
export interface CallTurns {
  ask(request: TurnRequest): Promise<Turn>;
  /** For a call that waits or was not placed. */
  giveUp(request: Pick<TurnRequest, 'member' | 'perSecond'>): Promise<void>;
}
