import { Cluster, type Redis } from 'ioredis';
import { probeKey } from '../keys.ts';
import { probeScript } from '../scripts.ts';
import { keySlot } from './key-slot.ts';

const script = probeScript();

/** A connected master, and a key in one of its slots. */
export type Master = { node: Redis; key: string };

/** The masters that can be asked now. */
export function connectedMasters(redis: Redis | Cluster): Master[] {
  if (redis instanceof Cluster) return clusterMasters(redis);
  return redis.status === 'ready' ? [{ node: redis, key: probeKey(0) }] : [];
}

function clusterMasters(cluster: Cluster): Master[] {
  const left = new Map(
    cluster
      .nodes('master')
      .filter(({ status }) => status === 'ready')
      .map((node) => [`${node.options.host}:${node.options.port}`, node]),
  );
  const found: Master[] = [];
  // A master may have no slot at all.
  for (let i = 0; left.size > 0 && i < 1_000; i += 1) {
    const key = probeKey(i);
    const [name = ''] = cluster.slots[keySlot(key)] ?? [];
    const node = left.get(name);
    if (node) found.push({ node, key });
    left.delete(name);
  }
  return found;
}

/** @throws the reply of a master that refuses a command of the service. */
export async function probe({ node, key }: Master): Promise<void> {
  await node.eval(script, 1, key);
}
