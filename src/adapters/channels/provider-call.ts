import { AsyncLocalStorage } from 'node:async_hooks';
import { Agent, type AgentOptions } from 'node:https';
import type { Duplex } from 'node:stream';

/** A login screen is waiting: past this, "it did not work" is the better answer. */
export const defaultLimitMs = 5000;

/** One request of ours to a provider, with all that an SDK may make of it. */
type Asking = {
  limit: AbortSignal;
  connected: boolean;
  /** Until then nothing of the request leaves this machine. */
  secured: boolean;
  /** Of the first answer, which an SDK that asks again does not tell. */
  status: number | null;
};

/** Errors of requests that never reached the provider, or that it was too busy to take. */
const notTaken = new WeakSet<object>();
const busyStatus = 503;

const askings = new AsyncLocalStorage<Asking>();

/**
 * Runs `ask` for at most `limitMs`. Then it rejects, the connections made for it are cut, and it
 * gets no more of them: an SDK that tries again later would deliver a code that is long replaced.
 */
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

/** By this code Google's token client knows not to try again, which would hold up the next push. */
function tookTooLong(): Error {
  const error = new Error('The provider took too long');
  return Object.assign(error, { name: 'TimeoutError', code: 'AbortError' });
}

type Created = (error: Error | null, stream: Duplex) => void;

/**
 * One connection per request, bound to the limit of the delivery it is made for. None is kept:
 * a connection that went stale unnoticed would lose a code that may not be sent twice. And a
 * delivery gets one to `host`: an SDK that asks again could bring the same code twice.
 */
export class LimitedAgent extends Agent {
  readonly #host: string;

  /** @param options may lead elsewhere, but `host` is who is asked for there. */
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

/** Whether the request never reached the provider, or was answered with 503. */
export function wasNotTaken(error: unknown): boolean {
  return notTaken.has(Object(error));
}

/** What may be told of a provider's error: its message can hold the number, the token, the text. */
export function failure(error: unknown): object {
  const { name, code, status, httpResponse } = Object(error);
  return { error: name, code, status: status ?? httpResponse?.status };
}
