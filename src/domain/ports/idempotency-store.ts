/** An answer without the headers that each answer gets anew. */
export type StoredResponse = {
  status: number;
  contentType: string | null;
  retryAfterSeconds: number | null;
  body: string;
};

export type IdempotencyClaim = {
  /** A hash of the caller and its idempotency key. */
  key: string;
  attemptId: string;
  /** Null when an API key made the request. */
  challengeId: string | null;
};

export type IdempotencyState =
  /** `first`: the first attempt, of this claim or of those that were released before it. */
  | { state: 'claimed'; first: string }
  | { state: 'under-way'; retryAfterMs: number }
  | { state: 'other-body' }
  | { state: 'answered'; answer: StoredResponse; ageMs: number };

/** Requests with an idempotency key, and their answers. Redis. */
export interface IdempotencyStore {
  /** Lasts 20 seconds. Atomic. The same attempt may claim again. `asked`, the content, is stored as a keyed hash. */
  claim(claim: IdempotencyClaim, asked: string): Promise<IdempotencyState>;
  /** Lasts 10 minutes. Does nothing when another attempt has the claim. A full challenge loses its oldest answer. */
  complete(claim: IdempotencyClaim, answer: StoredResponse): Promise<void>;
  /** For an attempt that failed. The first attempt stays known for 10 minutes. */
  release(claim: IdempotencyClaim): Promise<void>;
  /** For an attempt that did nothing. */
  forget(claim: IdempotencyClaim): Promise<void>;
}
