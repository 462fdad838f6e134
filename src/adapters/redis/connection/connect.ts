import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../../domain/ports.ts';
import { promises } from './client-options.ts';
import { openCluster } from './cluster.ts';
import { type ConnectionLog, connectionLog } from './connection-log.ts';
import { anyServer, connectors, type ServerCheck } from './connectors.ts';
import { noeviction } from './noeviction.ts';
import { openMaster } from './sentinel.ts';
import type { RedisTopology } from './topology.ts';

type Terms = {
  /** How long to wait for the first connection. */
  slowWorkMs?: number;
  /** Whether servers that may evict are refused. */
  refuseEviction?: boolean;
};

/**
 * A client that reconnects for ever. It waits for the first connection and is handed out also without
 * one: commands then fail at once until Redis is there. `disconnect` ends all of it.
 *
 * @throws when the first master it finds is refused, with the reason in one line.
 */
export async function connectRedis(
  place: RedisTopology,
  log: Log,
  { slowWorkMs = 2_000, refuseEviction = false }: Terms = {},
): Promise<Redis | Cluster> {
  const told = connectionLog(log);
  const refusal = Promise.withResolvers<never>();
  const refused = (line: string) => refusal.reject(new Error(line));
  const redis = open(place, refuseEviction ? noeviction(log, refused) : anyServer, told);
  endForGood(redis);
  try {
    await Promise.race([told.reached, refusal.promise, late(slowWorkMs, told)]);
  } catch (refused) {
    redis.disconnect();
    throw refused;
  }
  return redis;
}

function open(place: RedisTopology, judge: ServerCheck, told: ConnectionLog): Redis | Cluster {
  if (place.kind === 'cluster') return openCluster(place, judge, told);
  const redis = place.kind === 'sentinel' ? openMaster(place, judge) : openUrl(place.url, judge);
  redis.on('error', told.failed);
  redis.on('reconnecting', told.away);
  redis.on('ready', told.back);
  return redis;
}

function openUrl(url: string, judge: ServerCheck): Redis {
  return new Redis(url, {
    ...promises,
    ...serverName(url),
    Connector: connectors(judge).Standalone,
  });
}

/** Hosted Redis may find the right certificate by this name, which ioredis does not send. */
function serverName(url: string): Pick<RedisOptions, 'tls'> {
  const { protocol, hostname } = new URL(url);
  const named = protocol === 'rediss:' && !isIP(hostname) && !hostname.startsWith('[');
  return named ? { tls: { servername: hostname } } : {};
}

/** A client told to end while no connection is open says so to nobody; what hangs on it would stay. */
function endForGood(redis: Redis | Cluster): void {
  const disconnect = redis.disconnect.bind(redis);
  redis.disconnect = (again = false) => {
    const noNode = redis instanceof Cluster && redis.nodes().length === 0;
    const nobody = noNode || redis.status === 'reconnecting';
    disconnect(again);
    if (again || !nobody) return;
    redis.status = 'end';
    redis.emit('end');
  };
}

async function late(ms: number, told: ConnectionLog): Promise<void> {
  const waiting = new AbortController();
  told.reached.then(() => waiting.abort());
  await delay(ms, undefined, waiting).catch(() => {});
  if (!waiting.signal.aborted) told.away();
}
