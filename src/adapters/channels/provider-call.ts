import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';

/** A login screen waits. After this, "it did not work" is the better answer. */
export const defaultLimitMs = 5000;

/** One request to a provider, with all connections that an SDK makes for it. */
type Asking = {
  limit: AbortSignal;
  connected: boolean;
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
  const asking: Asking = { limit: limit.signal, connected: false, secured: false, status: null };
  try {
    return await Promise.race([over, askings.run(asking, ask)]);
  } catch (error) {
    if (!asking.secured || asking.status === busyStatus) notTaken.add(Object(error));
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** Google's token client does not retry after this code. A retry would delay the next push. */
function tookTooLong(): Error {
  const error = new Error('The provider took too long');
  return Object.assign(error, { name: 'TimeoutError', code: 'AbortError' });
}

type Created = (error: Error | null, stream: Duplex) => void;

/**
 * One connection per request, within the limit of its delivery. Connections are not reused: on a
 * stale one a code could be lost. Only one goes to `host`: a retry of the SDK could deliver the
 * code twice.
 */
export class LimitedAgent extends Agent {
  readonly #host: string;

  /** @param options may point elsewhere; `host` is the server that is asked. */
  constructor(host: string, options: AgentOptions = {}) {
    super({ ...options, keepAlive: false });
    this.#host = host;
  }

  override createConnection(options: AgentOptions, created?: Created): Duplex | null | undefined {
    const asking = askings.getStore();
    if (asking && options.servername === this.#host) {
      if (asking.connected) return refuse(created);
      asking.connected = true;
    }
    const socket = super.createConnection(options, created);
    if (asking && socket) observe(asking, socket);
    const cut = () => socket?.destroy(asking?.limit.reason);
    if (asking?.limit.aborted) cut();
    asking?.limit.addEventListener('abort', cut, { once: true });
    return socket;
  }
}

function observe(asking: Asking, socket: Duplex): void {
  socket.once('secureConnect', () => {
    asking.secured = true;
  });
  socket.once('data', (start: Buffer) => {
    const [, status] = /^HTTP\/1\.\d (\d{3})/.exec(start.toString('latin1', 0, 16)) ?? [];
    asking.status = Number(status);
  });
}

function refuse(created?: Created): undefined {
  (created as ((error: Error) => void) | undefined)?.(new Error('The provider was asked before'));
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
