import { Redis } from 'ioredis';
import { nextAttemptMs, promises } from './client-options.ts';
import { anyServer, connectors, type ServerCheck } from './connectors.ts';
import { type Address, accessOptions, type SentinelTopology } from './topology.ts';

/** The master that Sentinels name, whichever it is; every attempt to connect asks them anew. */
export function openMaster(place: SentinelTopology, judge: ServerCheck): Redis {
  const { sentinels, master, sentinelPassword, tls } = place;
  const redis = new Redis({
    ...promises,
    ...accessOptions(place),
    Connector: connectors(judge).Sentinel,
    sentinels: [...sentinels],
    name: master,
    ...(sentinelPassword && { sentinelPassword }),
    ...(tls && { enableTLSForSentinelMode: true, sentinelTLS: {} }),
    sentinelRetryStrategy: nextAttemptMs,
    // A Sentinel that hangs is passed over.
    sentinelCommandTimeout: 400,
  });
  leaveWhenReplaced(redis, place);
  return redis;
}

/**
 * A master that was cut off or frozen may answer again before it learns that it was replaced: what it
 * is told then is lost. Who hears of the failover leaves it at once. ioredis' own failoverDetector can
 * end the client for good when it hears of one in the middle of connecting.
 */
function leaveWhenReplaced(redis: Redis, place: SentinelTopology): void {
  const replaced = (news: string) => {
    const [name, , , host, port] = news.split(' ');
    // Whoever is connecting asks for the master anyway, and must not be interrupted.
    if (name !== place.master || redis.status !== 'ready') return;
    const { remoteAddress, remotePort } = redis.stream;
    if (remoteAddress !== host || String(remotePort) !== port) redis.disconnect(true);
  };
  const listeners = place.sentinels.map((sentinel) => listenTo(sentinel, place, replaced));
  redis.once('end', () => {
    for (const listener of listeners) listener.disconnect();
  });
}

function listenTo(sentinel: Address, place: SentinelTopology, hear: (news: string) => void): Redis {
  const { sentinelPassword, tls } = place;
  const listener = new Redis({
    ...promises,
    ...sentinel,
    ...accessOptions({ password: sentinelPassword, tls }),
    Connector: connectors(anyServer).Standalone,
    enableReadyCheck: false,
    autoResubscribe: false,
  });
  // Whoever cannot be reached is tried again; the client itself says when no Sentinel can.
  listener.on('error', () => {});
  listener.on('message', (_channel, news) => hear(news));
  listener.on('ready', () => {
    listener.subscribe('+switch-master').catch(() => listener.disconnect(true));
  });
  return listener;
}
