import { randomUUID } from 'node:crypto';
import { heartbeatChannel } from '../keys.ts';
import type { Master } from './probe.ts';

/** One missing beat may only mean a busy process. */
const maxMissedBeats = 2;

/** Checks that a listener hears each master: all publish, and missing messages are counted. */
export function heartbeat() {
  const channel = heartbeatChannel(randomUUID());
  const missed = new Map<string, number>();
  return {
    channel,
    beat(masters: readonly Master[]): void {
      for (const { node, key: master } of masters) {
        missed.set(master, (missed.get(master) ?? 0) + 1);
        // A message that was not published is not missing.
        node.publish(channel, master).catch(() => missed.delete(master));
      }
    },
    heard(master: string): void {
      missed.set(master, 0);
    },
    isSilent: (): boolean => [...missed.values()].some((count) => count >= maxMissedBeats),
    reset: (): void => missed.clear(),
  };
}
