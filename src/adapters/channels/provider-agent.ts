import type { ClientRequest } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Asking, currentAsking } from './provider-call.ts';

/** Below the shortest idle limit that is usual for servers, 5 s. A server may announce a shorter one. */
const idleMs = 4000;
const maxIdle = 20;
/** Later connections find a provider that has moved. */
const maxAgeMs = 60_000;

type Created = (error: Error | null, stream: Duplex) => void;

/**
 * Connections to a provider. An idle one is kept for `idleMs`. One in use ends when the time limit of
 * its delivery does. A delivery sends one request to `host`: a retry of the SDK could deliver the code
 * twice.
 */
export class ProviderAgent extends Agent {
  readonly #host: string;
  /** The delivery whose request a connection carries. */
  readonly #users = new WeakMap<Duplex, Asking>();
  readonly #openedAt = new WeakMap<Duplex, number>();

  /** @param options may point elsewhere; `host` is the server that is asked. */
  constructor(host: string, options: AgentOptions = {}) {
    // Node skips connections that have just closed only in the order `fifo`.
    const kept = { keepAlive: true, timeout: idleMs, maxFreeSockets: maxIdle } as const;
    super({ ...options, ...kept, scheduling: 'fifo' });
    this.#host = host;
  }

  override createConnection(options: AgentOptions, created?: Created): Duplex | null | undefined {
    const asking = currentAsking();
    if (asking && !this.#mayAsk(asking, options.servername)) return refuse(created);
    // `timeout` is for idle connections.
    const socket = super.createConnection({ ...options, timeout: 0 }, created);
    if (socket) this.#openedAt.set(socket, Date.now());
    if (!asking || !socket) return socket;
    socket.once('secureConnect', () => {
      asking.secured = true;
    });
    this.#use(socket, asking);
    return socket;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    super.reuseSocket(socket, request);
    (socket as Socket).setTimeout(0);
    const asking = currentAsking();
    if (!asking) return;
    if (!this.#mayAsk(asking, request.host)) return void request.destroy(askedBefore());
    asking.secured = true;
    this.#use(socket, asking);
  }

  /** Whether to keep it. Node's types lack this answer. */
  override keepSocketAlive(socket: Duplex): boolean {
    this.#users.delete(socket);
    const age = Date.now() - (this.#openedAt.get(socket) ?? 0);
    return Boolean(super.keepSocketAlive(socket)) && age < maxAgeMs;
  }

  #mayAsk(asking: Asking, host: string | undefined): boolean {
    if (host !== this.#host) return true;
    const first = !asking.asked;
    asking.asked = true;
    return first;
  }

  #use(socket: Duplex, asking: Asking): void {
    this.#users.set(socket, asking);
    socket.once('data', (start: Buffer) => {
      const [, status] = /^HTTP\/1\.\d (\d{3})/.exec(start.toString('latin1', 0, 16)) ?? [];
      asking.status = Number(status);
    });
    const cut = () => {
      if (this.#users.get(socket) === asking) socket.destroy(asking.limit.reason);
    };
    if (asking.limit.aborted) cut();
    asking.limit.addEventListener('abort', cut, { once: true });
  }
}

function refuse(created?: Created): undefined {
  (created as ((error: Error) => void) | undefined)?.(askedBefore());
}

function askedBefore(): Error {
  return new Error('The provider was asked before');
}
