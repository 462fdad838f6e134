/** An answer without the headers that each answer gets anew. */
export type StoredResponse = {
  status: number;
  contentType: string | null;
  retryAfterSeconds: number | null;
  body: string;
};

/** One attempt to answer a request. */
export type IdempotencyClaim = {
  /** A hash of the caller and its idempotency key. */
  key: string;
  attemptId: string;
  /** Null when an API key made the request. */
  challengeId: string | null;
};

export type IdempotencyState =
  /**
   * The caller does the work, then completes, releases or forgets the claim. `first` is the first
   * attempt, of this claim or of those that were released before it.
   */
  | { state: 'claimed'; first: string }
  /** Another attempt is at work, for at most `retryAfterMs`. */
  | { state: 'under-way'; retryAfterMs: number }
  | { state: 'other-body' }
  | { state: 'answered'; answer: StoredResponse; ageMs: number };

/** Requests with an idempotency key, and their answers. Redis. */
export interface IdempotencyStore {
  /**
   * Claims a request for 20 seconds. Atomic. The same attempt may claim again.
   *
   * @param asked the content of the request. Stored as a keyed hash.
   */
  claim(claim: IdempotencyClaim, asked: string): Promise<IdempotencyState>;
  /**
   * Stores the answer for 10 minutes. Does nothing when another attempt has the claim. A challenge has limited room
   * for answers: a new one replaces the oldest.
   */
  complete(claim: IdempotencyClaim, answer: StoredResponse): Promise<void>;
  /** Ends the claim of an attempt that failed. The first attempt stays known for 10 minutes. */
  release(claim: IdempotencyClaim): Promise<void>;
  /** Ends the claim of an attempt that did nothing. */
  forget(claim: IdempotencyClaim): Promise<void>;
}
