/**
 * What may be used once, however often the store of challenges forgets: results, and codes that lead to
 * no entry of the audit trail. PostgreSQL.
 */
export interface SpentIds {
  /**
   * Uses up `id`, for good when it resolves.
   *
   * @param by names the attempt.
   * @returns whether it was this attempt that used it up, now or before.
   */
  spend(id: string, by: string): Promise<boolean>;
  /** Forgets what was used up before `moment`: long after nothing could bring it back. */
  prune(moment: Date): Promise<void>;
}

/** An answer as it went out, but for what is made anew for each. */
export type KeptAnswer = {
  status: number;
  contentType: string | null;
  retryAfterSeconds: number | null;
  body: string;
};

/** One request that may come again, as whoever began it holds it. */
export type BegunRequest = {
  /** Whose it is and its idempotency key, hashed together. */
  key: string;
  /** Names this one attempt at answering it. */
  by: string;
};

export type RequestState =
  /** The caller is to do the work, and to say how it ended. */
  | { state: 'begun' }
  /** Another attempt is at it, until `retryAfterMs` from now at most. */
  | { state: 'under-way'; retryAfterMs: number }
  /** The key was used with another body. */
  | { state: 'other-body' }
  | { state: 'answered'; answer: KeptAnswer; ageMs: number };

/** Requests with an idempotency key: who is at it, and what was answered. Redis. */
export interface KeptRequests {
  /**
   * Claims a request for 20 seconds, or tells what became of it. Atomic.
   *
   * @param asked what was asked for, as a text: kept as a keyed hash.
   */
  begin(request: BegunRequest, asked: string): Promise<RequestState>;
  /** Keeps the answer for 10 minutes; nothing when the claim was lost meanwhile. */
  finish(request: BegunRequest, answer: KeptAnswer): Promise<void>;
  /** Gives the claim up: the next one does the work. */
  abandon(request: BegunRequest): Promise<void>;
}
