import { Redis } from 'ioredis';
import { clientOptions, loginAnswerMs, nextAttemptMs } from './client-options.ts';
import { anyServer, connectors, type ServerCheck } from './connectors.ts';
import { type Address, accessOptions, type SentinelTopology } from './topology.ts';

/** The master that Sentinels name. Every attempt to connect asks them anew. */
export function openMaster(
  topology: SentinelTopology,
  check: ServerCheck,
  answerMs: number,
): Redis {
  const { sentinels, master, sentinelPassword, tls } = topology;
  const redis = new Redis({
    ...clientOptions(answerMs),
    ...accessOptions(topology),
    Connector: connectors(check).Sentinel,
    sentinels: [...sentinels],
    name: master,
    ...(sentinelPassword && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    sentinelRetryStrategy: nextAttemptMs,
    // A Sentinel that hangs is skipped.
    sentinelCommandTimeout: 400,
  });
  leaveWhenReplaced(redis, topology);
  return redis;
}

/**
 * A master that was cut off may answer again before it learns that it was replaced. Writes to it are
 * lost, so the client leaves it when a Sentinel reports the failover. The failoverDetector of ioredis
 * can end the client for good when a report comes while it connects.
 */
function leaveWhenReplaced(redis: Redis, topology: SentinelTopology): void {
  const replaced = (report: string) => {
    const [name, , , host, port] = report.split(' ');
    // A client that is connecting asks for the master anyway, and must not be interrupted.
    if (name !== topology.master || redis.status !== 'ready') return;
    const { remoteAddress, remotePort } = redis.stream;
    if (remoteAddress !== host || String(remotePort) !== port) redis.disconnect(true);
  };
  const listeners = topology.sentinels.map((sentinel) => listenTo(sentinel, topology, replaced));
  redis.once('end', () => {
    for (const listener of listeners) listener.disconnect();
  });
}

function listenTo(
  sentinel: Address,
  topology: SentinelTopology,
  replaced: (report: string) => void,
): Redis {
  const { sentinelPassword, tls } = topology;
  const listener = new Redis({
    ...clientOptions(loginAnswerMs),
    ...sentinel,
    ...accessOptions({ password: sentinelPassword, tls }),
    Connector: connectors(anyServer).Standalone,
    enableReadyCheck: false,
    autoResubscribe: false,
  });
  // It tries again by itself; the client reports when no Sentinel can be reached.
  listener.on('error', () => {});
  listener.on('message', (_channel, report) => replaced(report));
  listener.on('ready', () => {
    listener.subscribe('+switch-master').catch(() => listener.disconnect(true));
  });
  return listener;
}
