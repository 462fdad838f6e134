import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Cluster, Redis, type RedisOptions } from 'ioredis';
import type { Log } from '../../../domain/ports.ts';
import { clientOptions, loginAnswerMs } from './client-options.ts';
import { closeRedis } from './close.ts';
import { openCluster } from './cluster.ts';
import { type ConnectionLog, connectionLog } from './connection-log.ts';
import { anyServer, connectors, type ServerCheck } from './connectors.ts';
import { openMaster } from './sentinel.ts';
import { noEviction } from './server-check.ts';
import type { RedisTopology } from './topology.ts';
import { watchServers } from './watch-servers.ts';

type Options = {
  /** How long to wait for the first connection. */
  firstConnectionMs?: number;
  /** Whether servers that may evict are refused. */
  refuseEviction?: boolean;
  /** How long to wait for a reply. As long as a login does, unless given. */
  answerMs?: number;
};

/** Reconnects always. Resolves without a connection too. @throws when the first master is refused, in one line. */
export async function connectRedis(
  topology: RedisTopology,
  log: Log,
  options: Options = {},
): Promise<Redis | Cluster> {
  const { refuseEviction = false, answerMs = loginAnswerMs } = options;
  const { firstConnectionMs = Math.max(2_000, answerMs) } = options;
  const connections = connectionLog(log);
  const refusal = Promise.withResolvers<never>();
  const refuse = (line: string) => refusal.reject(new Error(line));
  const check = refuseEviction ? noEviction(log, refuse) : anyServer;
  const redis = open(topology, check, connections, answerMs);
  try {
    const first = atMost(firstConnectionMs, connections);
    await Promise.race([connections.reached, refusal.promise, first]);
  } catch (refused) {
    closeRedis(redis);
    throw refused;
  }
  watchServers(redis, { check, log });
  return redis;
}

function open(
  topology: RedisTopology,
  check: ServerCheck,
  connections: ConnectionLog,
  answerMs: number,
): Redis | Cluster {
  if (topology.kind === 'cluster') return openCluster(topology, check, connections, answerMs);
  const sentinel = topology.kind === 'sentinel';
  const redis = sentinel
    ? openMaster(topology, check, answerMs)
    : openUrl(topology.url, check, answerMs);
  redis.on('error', connections.failed);
  redis.on('reconnecting', connections.away);
  redis.on('ready', connections.back);
  return redis;
}

function openUrl(url: string, check: ServerCheck, answerMs: number): Redis {
  return new Redis(url, {
    ...clientOptions(answerMs),
    ...serverName(url),
    Connector: connectors(check).Standalone,
  });
}

/** Hosted Redis may choose its certificate by this name, which ioredis does not send. */
function serverName(url: string): Pick<RedisOptions, 'tls'> {
  const { protocol, hostname } = new URL(url);
  const named = protocol === 'rediss:' && !isIP(hostname) && !hostname.startsWith('[');
  return named ? { tls: { servername: hostname } } : {};
}

async function atMost(ms: number, connections: ConnectionLog): Promise<void> {
  const waiting = new AbortController();
  connections.reached.then(() => waiting.abort());
  await delay(ms, undefined, waiting).catch(() => {});
  if (!waiting.signal.aborted) connections.away();
}
