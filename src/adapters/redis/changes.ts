import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster, Redis } from 'ioredis';
import { openSubscriber } from './connection/subscriber.ts';

/** Longer than a subscription takes, but short enough for a person to wait when one fails. */
const subscribeTimeoutMs = 400;

type Listeners = { all: Set<() => void>; subscribed: Promise<void> };

/** Each script that changes a challenge publishes on a channel with the name of its key. */
export function redisChanges(client: Redis | Cluster) {
  const channels = new Map<string, Listeners>();
  const notify = (channel: string) => {
    for (const changed of channels.get(channel)?.all ?? []) changed();
  };
  let subscriber: ReturnType<typeof openSubscriber> | null = null;
  const opened = () => {
    const reopened = () => [...channels.keys()].forEach(notify);
    subscriber ??= openSubscriber(client, { message: notify, reopened });
    return subscriber;
  };

  const join = (channel: string): Listeners => {
    const known = channels.get(channel);
    if (known) return known;
    const listeners = { all: new Set<() => void>(), subscribed: opened().subscribe(channel) };
    channels.set(channel, listeners);
    return listeners;
  };

  return {
    /** Calls `changed` after each message, and when messages may have been missed. */
    async watch(channel: string, changed: () => void): Promise<() => void> {
      const listeners = join(channel);
      // A new function each time, so that each watch ends alone.
      const listener = () => changed();
      listeners.all.add(listener);
      await Promise.race([
        listeners.subscribed,
        delay(subscribeTimeoutMs, undefined, { ref: false }),
      ]);
      return () => {
        listeners.all.delete(listener);
        if (listeners.all.size > 0 || channels.get(channel) !== listeners) return;
        channels.delete(channel);
        opened().unsubscribe(channel);
      };
    },
  };
}
