/**
 * Uses an undocumented part of ioredis: a client asks its connector about the INFO of each connection
 * before it sends the first command. There is no documented way to refuse a server.
 * test/adapters/redis-library.test.ts fails when that changes.
 */
import { createConnection, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { AbstractConnector, type RedisOptions, SentinelConnector } from 'ioredis';
import { writeTogether } from './write-together.ts';

type Info = { role?: string; maxmemory_policy?: string };
type Peer = { remoteAddress?: string | undefined; remotePort?: number | undefined };
type Connector = NonNullable<RedisOptions['Connector']>;
type SentinelErrors = Parameters<SentinelConnector['connect']>[0];

/** Whether a server may be used, judged by its INFO. */
export type ServerCheck = (info: Info, peer: Peer) => boolean;

/** Accepts any server, for trying out. */
export const anyServer: ServerCheck = () => true;

/** The connectors of ioredis, with a check of each server that they reach. */
export function connectors(mayBeUsed: ServerCheck) {
  const Standalone = class extends StandaloneConnector {
    override check(info: Info): boolean {
      return mayBeUsed(info, this.stream);
    }
  };
  const Sentinel = class extends SentinelConnector {
    override async connect(errors: SentinelErrors) {
      return prepared(await super.connect(errors));
    }
    override check(info: Info): boolean {
      return super.check(info) && mayBeUsed(info, this.stream);
    }
  };
  return { Standalone: Standalone as Connector, Sentinel: Sentinel as Connector };
}

class StandaloneConnector extends AbstractConnector {
  readonly #options: RedisOptions;

  constructor(options: RedisOptions) {
    super(options.disconnectTimeout ?? 0);
    this.#options = options;
  }

  override async connect(): Promise<Socket> {
    this.connecting = true;
    // The client may be ended before the next tick.
    await null;
    if (!this.connecting) throw new Error('Connection is closed.');
    const stream = this.#open();
    stream.once('error', (error) => {
      this.firstError = error;
    });
    this.stream = stream;
    return prepared(stream);
  }

  #open(): Socket {
    const { host = 'localhost', port = 6379, family, tls } = this.#options;
    const address = { host, port, ...(family && { family }) };
    return tls ? connectTls({ ...address, ...tls }) : createConnection(address);
  }
}

/** ioredis listens for one error, but a broken TLS handshake may emit two. */
function prepared<Stream extends Socket>(stream: Stream): Stream {
  return writeTogether(stream).on('error', () => {});
}
