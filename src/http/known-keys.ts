import { LRUCache } from 'lru-cache';
import { limitConcurrency } from '../domain/limit-concurrency.ts';
import type { Clients, StoredKey } from '../domain/ports.ts';

type FindKey = (id: string) => Promise<StoredKey | null>;

// A revoked key has to stop working within 10 seconds on every replica.
const memoryMs = 5_000;

/**
 * Finds API keys, and remembers for some seconds what there is and what is not. What has to be asked
 * is asked in one query at a time: anybody can make up keys, and that must not hold logins up.
 */
export function rememberKeys(clients: Pick<Clients, 'findKeys'>): FindKey {
  const known = new LRUCache<string, StoredKey>({ max: 1_000, ttl: memoryMs });
  // An id is random: a key that is made later has one that nobody asked for before.
  const unknown = new LRUCache<string, true>({ max: 10_000, ttl: memoryMs });
  const ask = together((ids) => clients.findKeys(ids));
  return async (id) => {
    if (unknown.has(id)) return null;
    const remembered = known.get(id);
    if (remembered) return remembered;
    const found = await ask(id);
    if (found) known.set(id, found);
    else unknown.set(id, true);
    return found;
  };
}

/** Asks for all that is wanted while a query is under way in the next one. */
function together(findKeys: Clients['findKeys']): FindKey {
  let wanted = new Set<string>();
  let next: Promise<Map<string, StoredKey>> | null = null;
  const query = limitConcurrency(1, async () => {
    const ids = [...wanted];
    wanted = new Set();
    next = null;
    return new Map((await findKeys(ids)).map((key) => [key.id, key]));
  });
  return async (id) => {
    wanted.add(id);
    next ??= query();
    return (await next).get(id) ?? null;
  };
}
