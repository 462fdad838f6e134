import { LRUCache } from 'lru-cache';
import { limitConcurrency } from '../../domain/limit-concurrency.ts';
import type { Clients, StoredKey } from '../../domain/ports.ts';

type FindKey = (id: string) => Promise<StoredKey | null>;

// A revoked key must stop working within 10 seconds on every replica.
const memoryMs = 5_000;

/** Caches for some seconds which exist. One query at a time: made-up keys must not slow logins down. */
export function rememberKeys(clients: Pick<Clients, 'findKeys'>): FindKey {
  const known = new LRUCache<string, StoredKey>({ max: 1_000, ttl: memoryMs });
  // Ids are random, so nobody asks for a key before it exists.
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

/** Collects requests during a query and asks them together in the next one. */
function together(findKeys: Clients['findKeys']): FindKey {
  let wanted = new Set<string>();
  let next: Promise<Map<string, StoredKey>> | null = null;
  const query = limitConcurrency(1, async () => {
    const ids = [...wanted];
    wanted = new Set();
    next = null;
    return new Map((await findKeys(ids)).map((key) => [key.id, key]));
  });
  const batch = () => {
    const started = query();
    // A query that fails while it waits for its turn never runs: the next request needs a new one.
    const forget = () => {
      if (next === started) next = null;
    };
    started.then(forget, forget);
    return started;
  };
  return async (id) => {
    wanted.add(id);
    next ??= batch();
    return (await next).get(id) ?? null;
  };
}
