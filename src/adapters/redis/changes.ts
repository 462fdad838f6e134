import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';

/** Longer than a subscription takes, and no longer than a person should wait for one that fails. */
const slowWorkMs = 400;

type Listeners = { all: Set<() => void>; subscribed: Promise<unknown> };

/**
 * Hears of changes through Redis' publish and subscribe, on a connection of its own: each script that
 * changes a challenge publishes on a channel with the name of its key.
 */
export function redisChanges(client: Redis | Cluster) {
  const channels = new Map<string, Listeners>();
  const tellAll = (channel: string) => {
    for (const changed of channels.get(channel)?.all ?? []) changed();
  };
  let subscriber: Redis | Cluster | null = null;

  const open = (): Redis | Cluster => {
    if (subscriber) return subscriber;
    const opened = subscriberOf(client);
    opened.on('message', tellAll);
    // Who was away, and is back, may have missed something.
    opened.once('close', () => opened.on('ready', () => [...channels.keys()].forEach(tellAll)));
    subscriber = opened;
    return opened;
  };

  const join = (channel: string): Listeners => {
    const known = channels.get(channel);
    if (known) return known;
    const subscribed = open().subscribe(channel).catch(ignore);
    const fresh = { all: new Set<() => void>(), subscribed };
    channels.set(channel, fresh);
    return fresh;
  };

  return {
    async watch(channel: string, changed: () => void): Promise<() => void> {
      const listeners = join(channel);
      // A function of its own each time: one that listens twice leaves once.
      const listener = () => changed();
      listeners.all.add(listener);
      await Promise.race([listeners.subscribed, delay(slowWorkMs, undefined, { ref: false })]);
      return () => {
        listeners.all.delete(listener);
        if (listeners.all.size > 0 || channels.get(channel) !== listeners) return;
        channels.delete(channel);
        open().unsubscribe(channel).catch(ignore);
      };
    },
  };
}

function ignore(): void {}

/** A connection that listens can ask nothing else; a cluster's client has one for it already. */
function subscriberOf(client: Redis | Cluster): Redis | Cluster {
  if (client.isCluster) return client;
  const subscriber = (client as Redis).duplicate({ enableOfflineQueue: true });
  subscriber.on('error', ignore);
  client.once('end', () => subscriber.disconnect());
  return subscriber;
}
