/** An answer as it went out, without the headers that each answer gets anew. */
export type StoredResponse = {
  status: number;
  contentType: string | null;
  retryAfterSeconds: number | null;
  body: string;
};

/** One attempt to answer a request that may come again. */
export type IdempotencyClaim = {
  /** The caller and its idempotency key, hashed together. */
  key: string;
  /** Names this attempt. */
  attemptId: string;
  /** The challenge whose token made the request; null when a client made it. */
  challengeId: string | null;
};

export type IdempotencyState =
  /** The caller does the work, and then completes or releases the claim. */
  | { state: 'claimed' }
  /** Another attempt is at it, until `retryAfterMs` from now at most. */
  | { state: 'under-way'; retryAfterMs: number }
  /** The key was used with another body. */
  | { state: 'other-body' }
  | { state: 'answered'; answer: StoredResponse; ageMs: number };

/** Requests with an idempotency key: which attempt is at work, and what was answered. Redis. */
export interface IdempotencyStore {
  /**
   * Claims a request for 20 seconds, or says what became of it. Atomic. The same attempt may claim
   * again, when it does not know whether it has the claim.
   *
   * @param asked what was asked for, as a text: stored as a keyed hash.
   */
  claim(claim: IdempotencyClaim, asked: string): Promise<IdempotencyState>;
  /**
   * Stores the answer for 10 minutes; does nothing when another attempt has the claim. A challenge
   * has a limited number and volume of answers: a new one replaces the oldest.
   */
  complete(claim: IdempotencyClaim, answer: StoredResponse): Promise<void>;
  /** Ends the claim without an answer: the next attempt does the work. */
  release(claim: IdempotencyClaim): Promise<void>;
}
