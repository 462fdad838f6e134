import type { Redis } from 'ioredis';
import { rounded } from '../shared/statistics.ts';

export type KeyBytes = { keys: number; bytesEach: number };

/** Keys are like `dc:{slot}:challenge:id`, `dc:{q:name:subject}` for a budget, or `dc:{l:number}` for a line. */
function kindOf(key: string): string {
  const [, budget] = /^dc:\{q:([a-z-]+):/.exec(key) ?? [];
  const [, field] = /^dc:\{[^}]+\}:([a-z]+)/.exec(key) ?? [];
  if (key.startsWith('dc:{l:')) return 'line';
  return budget ? `budget ${budget}` : (field ?? key);
}

/** Memory of a key of each kind, with its name and its entry in the table. */
export async function bytesByKind(redis: Redis): Promise<Record<string, KeyBytes>> {
  const totals = new Map<string, { keys: number; bytes: number }>();
  for await (const batch of redis.scanStream({ count: 500 })) {
    const keys = batch as string[];
    const sizes = await Promise.all(keys.map((key) => redis.memory('USAGE', key, 'SAMPLES', 0)));
    for (const [i, key] of keys.entries()) {
      const total = totals.get(kindOf(key)) ?? { keys: 0, bytes: 0 };
      totals.set(kindOf(key), { keys: total.keys + 1, bytes: total.bytes + (sizes[i] ?? 0) });
    }
  }
  const rows = [...totals].map(([kind, { keys, bytes }]) => {
    return [kind, { keys, bytesEach: rounded(bytes / keys, 1) }] as const;
  });
  return Object.fromEntries(rows);
}
