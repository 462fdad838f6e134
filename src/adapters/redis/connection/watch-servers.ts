import { type Cluster, type Redis, ReplyError } from 'ioredis';
import type { Log } from '../../../domain/ports.ts';
import { anyServer, type ServerCheck } from './connectors.ts';
import { connectedMasters, type Master, probe } from './probe.ts';
import { withoutArguments } from './reply-errors.ts';

/** A change of a setting is noticed within this time. */
const lookEveryMs = 2_000;

type Watch = { check: ServerCheck; log: Log };

/** Disconnects from a master that may not be used any more: the next attempt to connect refuses it. */
export function watchServers(redis: Redis | Cluster, { check, log }: Watch): void {
  const refusals = refusalLog(log);
  const look = async () => {
    const masters = connectedMasters(redis);
    await Promise.all(masters.map((master) => lookAt(master, check, refusals)));
  };
  let looking = false;
  const start = async () => {
    if (looking) return;
    looking = true;
    await look();
    looking = false;
  };
  const timer = setInterval(start, lookEveryMs);
  timer.unref();
  redis.once('end', () => clearInterval(timer));
  start();
}

async function lookAt(master: Master, check: ServerCheck, refusals: RefusalLog): Promise<void> {
  const { node } = master;
  const { remoteAddress, remotePort } = node.stream;
  const server = `${remoteAddress}:${remotePort}`;
  try {
    if (check !== anyServer && !check(readInfo(await node.info()), node.stream))
      return node.disconnect(true);
    await probe(master);
    refusals.works(server);
  } catch (thrown) {
    // A failed connection has its own log line.
    if (thrown instanceof ReplyError) refusals.refuses(server, withoutArguments(thrown).message);
  }
}

function readInfo(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, k, v]) => [k, v]));
}

type RefusalLog = ReturnType<typeof refusalLog>;

/** One line when a server begins to refuse and one when it works again. */
function refusalLog(log: Log) {
  const reasons = new Map<string, string>();
  return {
    refuses(server: string, reason: string): void {
      if (reasons.get(server) === reason) return;
      reasons.set(server, reason);
      log.error({ server, reason }, `Redis at ${server} refuses what the service needs: ${reason}`);
    },
    works(server: string): void {
      if (reasons.delete(server)) log.info({ server }, `Redis at ${server} works again`);
    },
  };
}
