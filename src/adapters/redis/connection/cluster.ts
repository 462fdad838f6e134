import { Cluster, type Redis } from 'ioredis';
import { nextAttemptMs, promises } from './client-options.ts';
import type { ConnectionLog } from './connection-log.ts';
import { connectors, type ServerCheck } from './connectors.ts';
import { accessOptions, type ClusterTopology } from './topology.ts';

/** How often it is asked anew which server has which slots. */
const refreshMs = 1_000;

/** After so many looks at a client that is neither ready nor trying again, it starts over. */
const patience = 4;

/**
 * A cluster, as ioredis reaches it. A redirect is followed, since nothing was executed; all else that
 * ioredis would send again by itself, it must not.
 */
export function openCluster(
  place: ClusterTopology,
  judge: ServerCheck,
  told: ConnectionLog,
): Cluster {
  const { retryStrategy: _, enableOfflineQueue: __, ...redisOptions } = promises;
  const cluster = new Cluster([...place.nodes], {
    redisOptions: {
      ...redisOptions,
      ...accessOptions(place),
      Connector: connectors(judge).Standalone,
    },
    enableOfflineQueue: false,
    // It would give up the whole client for one frozen node. What a cluster that is down cannot do, it says.
    enableReadyCheck: false,
    // Sends a command again whose reply was lost, unless it is 0.
    retryDelayOnFailover: 0,
    // Sends commands that were given up meanwhile, unless it is 0.
    retryDelayOnClusterDown: 0,
    retryDelayOnTryAgain: 50,
    maxRedirections: 3,
    clusterRetryStrategy: nextAttemptMs,
    slotsRefreshTimeout: 400,
    // A seed whose name is gone must not keep the others from being tried; TLS needs the names.
    dnsLookup: (name, found) => found(null, name),
  });
  cluster.on('+node', connectSoon);
  tellTurns(cluster, told);
  tend(cluster, told);
  return cluster;
}

/** Not at the first command: the second one would find a connection that is not ready. */
function connectSoon(node: Redis): void {
  process.nextTick(() => {
    if (node.status === 'wait') node.connect().catch(() => {});
  });
}

/** Whether every slot has a master that is connected. */
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

function tellTurns(cluster: Cluster, told: ConnectionLog): void {
  const look = () => {
    if (isWhole(cluster)) told.back();
  };
  cluster.on('error', told.failed);
  cluster.on('node error', told.failed);
  cluster.on('reconnecting', told.away);
  cluster.on('ready', look);
  cluster.on('refresh', look);
  cluster.on('+node', (node: Redis) => node.on('ready', look));
}

/** Learns of failovers and of nodes that are back, also while nobody asks for anything. */
function tend(cluster: Cluster, told: ConnectionLog): void {
  let last = cluster.status;
  let looks = 0;
  let whole = true;
  const timer = setInterval(() => {
    // One look is not enough: a node that is behind may for a moment lead to a master of the past.
    if (!whole && !isWhole(cluster)) told.away();
    whole = isWhole(cluster);
    looks = cluster.status === last ? looks + 1 : 0;
    last = cluster.status;
    if (last === 'ready') cluster.refreshSlotsCache();
    else if (last !== 'reconnecting' && looks >= patience) startOver(cluster);
  }, refreshMs);
  timer.unref();
  cluster.once('end', () => clearInterval(timer));
}

/** ioredis loses the thread where the last connection ends just while it asks for the slots. */
function startOver(cluster: Cluster): void {
  if (cluster.status === 'connecting') cluster.disconnect(true);
  if (cluster.nodes().length === 0) cluster.connect().catch(() => {});
}
