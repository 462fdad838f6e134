/** An answer as it went out, but for what is made anew for each. */
export type StoredResponse = {
  status: number;
  contentType: string | null;
  retryAfterSeconds: number | null;
  body: string;
};

/** One request that may come again, as whoever began it holds it. */
export type IdempotencyClaim = {
  /** Whose it is and its idempotency key, hashed together. */
  key: string;
  /** Names this one attempt at answering it. */
  by: string;
};

export type IdempotencyState =
  /** The caller is to do the work, and to say how it ended. */
  | { state: 'begun' }
  /** Another attempt is at it, until `retryAfterMs` from now at most. */
  | { state: 'under-way'; retryAfterMs: number }
  /** The key was used with another body. */
  | { state: 'other-body' }
  | { state: 'answered'; answer: StoredResponse; ageMs: number };

/** Requests with an idempotency key: who is at it, and what was answered. Redis. */
export interface IdempotencyStore {
  /**
   * Claims a request for 20 seconds, or tells what became of it. Atomic.
   *
   * @param asked what was asked for, as a text: kept as a keyed hash.
   */
  begin(request: IdempotencyClaim, asked: string): Promise<IdempotencyState>;
  /** Keeps the answer for 10 minutes; nothing when the claim was lost meanwhile. */
  finish(request: IdempotencyClaim, answer: StoredResponse): Promise<void>;
  /** Gives the claim up: the next one does the work. */
  abandon(request: IdempotencyClaim): Promise<void>;
}
