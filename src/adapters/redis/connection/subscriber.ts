import { Cluster, type Redis } from 'ioredis';
import { nextAttemptMs } from './client-options.ts';
import { heartbeat } from './heartbeat.ts';
import { connectedMasters } from './probe.ts';

/** How often it checks that the connection still hears the masters. */
const beatMs = 1_000;

type Hear = {
  message(channel: string): void;
  /** Messages may have been missed. */
  reopened(): void;
};

/**
 * A connection that listens to channels, on one server of a cluster. It opens again when it ends, and
 * when it does not hear what the masters publish: a server that hangs or is cut off does not say so.
 */
export function openSubscriber(client: Redis | Cluster, hear: Hear) {
  const pulse = heartbeat();
  const channels = new Set([pulse.channel]);
  let subscriber: Redis | null = null;
  let attempts = 0;
  let ended = false;

  async function open(): Promise<void> {
    if (ended) return;
    pulse.reset();
    const opened = connectionLike(client);
    if (!opened) return reopen();
    subscriber = opened;
    opened.on('error', ignore);
    opened.once('end', reopen);
    opened.on('message', (channel, text) => {
      if (channel !== pulse.channel) return hear.message(channel);
      pulse.heard(text);
      attempts = 0;
    });
    await opened.subscribe(...channels).catch((refused) => {
      opened.disconnect();
      throw refused;
    });
  }

  function reopen(): void {
    subscriber = null;
    attempts += 1;
    setTimeout(() => open().then(hear.reopened, ignore), nextAttemptMs(attempts)).unref();
  }

  function beat(): void {
    if (subscriber?.status !== 'ready') return;
    if (pulse.isSilent()) subscriber.disconnect();
    else pulse.beat(connectedMasters(client));
  }

  const timer = setInterval(beat, beatMs).unref();
  client.once('end', () => {
    ended = true;
    clearInterval(timer);
    subscriber?.disconnect();
  });
  const opening = open().catch(ignore);

  return {
    /** Resolves when it listens, or when that failed: then it listens after the next opening. */
    async subscribe(channel: string): Promise<void> {
      channels.add(channel);
      await opening;
      await subscriber?.subscribe(channel).catch(ignore);
    },
    unsubscribe(channel: string): void {
      channels.delete(channel);
      subscriber?.unsubscribe(channel).catch(ignore);
    },
  };
}

/** A connection that listens can send nothing else, so it is separate. */
function connectionLike(client: Redis | Cluster): Redis | null {
  const model = client instanceof Cluster ? anyNode(client) : client;
  const own = { enableOfflineQueue: true, lazyConnect: false, readOnly: false };
  return model?.duplicate({ ...own, autoResubscribe: false, retryStrategy: () => null }) ?? null;
}

function anyNode(cluster: Cluster): Redis | null {
  const ready = cluster.nodes().filter(({ status }) => status === 'ready');
  return ready[Math.floor(Math.random() * ready.length)] ?? null;
}

function ignore(): void {}
