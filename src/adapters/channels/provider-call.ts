import { AsyncLocalStorage } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** A login screen waits. After this, "it did not work" is the better answer. */
export const defaultLimitMs = 5000;

/** One request to a provider, with all connections that an SDK makes for it. */
export type Asking = {
  limit: AbortSignal;
  asked: boolean;
  /** Before this, nothing of the request leaves the machine. */
  secured: boolean;
  /** Of the first answer. An SDK that retries does not expose it. */
  status: number | null;
};

/** Errors of requests that never reached the provider, or that it was too busy to take. */
const notTaken = new WeakSet<object>();
const busyStatus = 503;

const askings = new AsyncLocalStorage<Asking>();

/** Rejects after `limitMs` and closes its connections: a later retry of the SDK would deliver an old code. */
export async function withinLimit<T>(limitMs: number, ask: () => Promise<T>): Promise<T> {
  const limit = new AbortController();
  const { promise: over, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const error = tookTooLong();
    limit.abort(error);
    reject(error);
  }, limitMs);
  const asking: Asking = { limit: limit.signal, asked: false, secured: false, status: null };
  try {
    return await Promise.race([over, askings.run(asking, () => settled(ask))]);
  } catch (error) {
    if (!asking.secured || asking.status === busyStatus) notTaken.add(Object(error));
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** For connections: the request to a provider that runs now. */
export function currentAsking(): Asking | undefined {
  return askings.getStore();
}

/** Two turns of the event loop read all that has arrived: a kept connection that closed is gone then. */
async function settled<T>(ask: () => Promise<T>): Promise<T> {
  await nextTurn();
  await nextTurn();
  return ask();
}

/** Google's token client does not retry after this code. A retry would delay the next push. */
function tookTooLong(): Error {
  const error = new Error('The provider took too long');
  return Object.assign(error, { name: 'TimeoutError', code: 'AbortError' });
}

/** Whether the request never reached the provider, or got a 503. */
export function wasNotTaken(error: unknown): boolean {
  return notTaken.has(Object(error));
}

/** The safe part of a provider's error. Its message can contain the number, the token or the text. */
export function failure(error: unknown): object {
  const { name, code, status, httpResponse } = Object(error);
  return { error: name, code, status: status ?? httpResponse?.status };
}
