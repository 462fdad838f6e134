import type { Server } from '../servers/server.ts';
import { logIn, type Queue } from '../shared/load.ts';
import { bytesByKind, type KeyBytes } from '../shared/redis-keys.ts';
import { sum } from '../shared/statistics.ts';

/** What one finished login leaves in Redis, in bytes: all, and by the kind of key. */
export type RedisBytes = { perLogin: number; keys: Record<string, KeyBytes> };

const inFlight = 8;

/** Lets many people sign in once each, on an empty Redis. */
export async function bytesPerLogin(
  server: Server,
  queue: Queue,
  logins: number,
): Promise<RedisBytes> {
  await server.redis.client.flushall();
  let begun = 0;
  let done = 0;
  const work = async () => {
    while (begun < logins) {
      begun += 1;
      const ended = await logIn(server, queue.next()).then(
        () => 1,
        () => 0,
      );
      done += ended;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, work));
  const keys = await bytesByKind(server.redis.client);
  const bytes = sum(Object.values(keys).map((kind) => kind.keys * kind.bytesEach));
  return { perLogin: Math.round(bytes / done), keys };
}
