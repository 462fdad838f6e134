import { Cluster, type Redis } from 'ioredis';
import { clientOptions, nextAttemptMs } from './client-options.ts';
import type { ConnectionLog } from './connection-log.ts';
import { connectors, type ServerCheck } from './connectors.ts';
import { accessOptions, type ClusterTopology } from './topology.ts';

/** How often the client asks which server has which slots. */
const refreshMs = 1_000;

/** A client that is neither ready nor connecting for so many refreshes starts over. */
const maxStuckRefreshes = 4;

/** It follows redirects: a redirected command was not executed. It sends nothing else again. */
export function openCluster(
  topology: ClusterTopology,
  check: ServerCheck,
  connections: ConnectionLog,
  answerMs: number,
): Cluster {
  const { retryStrategy: _, enableOfflineQueue: __, ...redisOptions } = clientOptions(answerMs);
  const cluster = new Cluster([...topology.nodes], {
    redisOptions: {
      ...redisOptions,
      ...accessOptions(topology),
      Connector: connectors(check).Standalone,
    },
    enableOfflineQueue: false,
    // It would end the whole client for one frozen node. A cluster that is down says so itself.
    enableReadyCheck: false,
    // Unless 0, it sends a command again whose reply was lost.
    retryDelayOnFailover: 0,
    // Unless 0, it sends commands whose callers gave up.
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 50,
    maxRedirections: 3,
    clusterRetryStrategy: nextAttemptMs,
    slotsRefreshTimeout: 400,
    // A seed with an unknown name must not stop the others. TLS needs the names.
    dnsLookup: (name, found) => found(null, name),
  });
  cluster.on('+node', connectSoon);
  logChanges(cluster, connections);
  refreshRegularly(cluster, connections);
  return cluster;
}

/** Connects before the first command: a second one would find a connection that is not ready. */
function connectSoon(node: Redis): void {
  process.nextTick(() => {
    if (node.status === 'wait') node.connect().catch(() => {});
  });
}

/** Whether every slot has a connected master. */
function isWhole(cluster: Cluster): boolean {
  if (cluster.status !== 'ready') return false;
  const ready = new Set(
    cluster
      .nodes('master')
      .filter(({ status }) => status === 'ready')
      .map(({ options }) => `${options.host}:${options.port}`),
  );
  return cluster.slots.length > 0 && cluster.slots.every(([master = '']) => ready.has(master));
}

function logChanges(cluster: Cluster, connections: ConnectionLog): void {
  const look = () => {
    if (isWhole(cluster)) connections.back();
  };
  cluster.on('error', connections.failed);
  cluster.on('node error', connections.failed);
  cluster.on('reconnecting', connections.away);
  cluster.on('ready', look);
  cluster.on('refresh', look);
  cluster.on('+node', (node: Redis) => node.on('ready', look));
}

/** Notices failovers and returning nodes even while there are no commands. */
function refreshRegularly(cluster: Cluster, connections: ConnectionLog): void {
  let last = cluster.status;
  let stuck = 0;
  let whole = true;
  const timer = setInterval(() => {
    // One look is not enough: a node that is behind may still name an old master.
    if (!whole && !isWhole(cluster)) connections.away();
    whole = isWhole(cluster);
    stuck = cluster.status === last ? stuck + 1 : 0;
    last = cluster.status;
    if (last === 'ready') cluster.refreshSlotsCache();
    else if (last !== 'reconnecting' && stuck >= maxStuckRefreshes) startOver(cluster);
  }, refreshMs);
  timer.unref();
  cluster.once('end', () => clearInterval(timer));
}

/** ioredis gets stuck when the last connection ends while it asks for the slots. */
function startOver(cluster: Cluster): void {
  if (cluster.status === 'connecting') cluster.disconnect(true);
  if (cluster.nodes().length === 0) cluster.connect().catch(() => {});
}
