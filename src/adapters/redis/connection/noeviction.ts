import type { Log } from '../../../domain/ports.ts';
import type { ServerCheck } from './connectors.ts';

/**
 * Refuses each server that may evict: under memory pressure it would forget counters of guesses. It
 * is asked again at every attempt to connect, so that mending its setting is enough.
 *
 * @param refused hears of a master that was refused, in one line.
 */
export function noeviction(log: Log, refused: (line: string) => void): ServerCheck {
  const told = new Set<string>();
  return ({ role, maxmemory_policy: policy = 'not in its INFO' }, peer) => {
    const server = `${peer.remoteAddress}:${peer.remotePort}`;
    if (policy === 'noeviction') {
      told.delete(server);
      return true;
    }
    const line = `Redis at ${server} is not used: its maxmemory-policy is ${policy}, not noeviction, so it could lose counters of guesses`;
    if (!told.has(server)) log.error({ server, policy }, line);
    told.add(server);
    if (role !== 'slave') refused(line);
    return false;
  };
}
