import { type RedisOptions, SentinelConnector } from 'ioredis';
import { StandaloneConnector } from 'ioredis/built/connectors/index.js';

type Info = { role?: string; maxmemory_policy?: string };
type Peer = { remoteAddress?: string | undefined; remotePort?: number | undefined };
type Connector = NonNullable<RedisOptions['Connector']>;
type Told = Parameters<StandaloneConnector['connect']>[0];

/** Whether a server that has just been reached may be used; what it tells of itself is its INFO. */
export type ServerCheck = (info: Info, peer: Peer) => boolean;

/** Any server will do: for trying out. */
export const anyServer: ServerCheck = () => true;

/** ioredis asks its connector about each connection's INFO, before the first command goes out. */
export function connectors(judge: ServerCheck) {
  const Standalone = class extends StandaloneConnector {
    override async connect(told: Told) {
      return withoutCrash(await super.connect(told));
    }
    override check(info: Info): boolean {
      return super.check(info) && judge(info, this.stream);
    }
  };
  const Sentinel = class extends SentinelConnector {
    override async connect(told: Told) {
      return withoutCrash(await super.connect(told));
    }
    override check(info: Info): boolean {
      return super.check(info) && judge(info, this.stream);
    }
  };
  return { Standalone: Standalone as Connector, Sentinel: Sentinel as Connector };
}

/** ioredis hears of one error; TLS left in the middle of its handshake may tell of two. */
function withoutCrash<Stream extends NodeJS.EventEmitter>(stream: Stream): Stream {
  return stream.on('error', () => {});
}
