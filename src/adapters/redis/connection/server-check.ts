import type { Log } from '../../../domain/ports.ts';
import type { ServerCheck } from './connectors.ts';

/**
 * Refuses each server that may evict: under memory pressure it would delete counters of guesses. The
 * check runs at every attempt to connect, so correcting the server's setting is enough.
 *
 * @param onRefusal gets the reason in one line when a master is refused.
 */
export function noEviction(log: Log, onRefusal: (line: string) => void): ServerCheck {
  const refused = new Set<string>();
  return ({ role, maxmemory_policy: policy = 'unknown (the user needs +info)' }, peer) => {
    const server = `${peer.remoteAddress}:${peer.remotePort}`;
    if (policy === 'noeviction') {
      refused.delete(server);
      return true;
    }
    const line = `Redis at ${server} is not used: its maxmemory-policy is ${policy}, not noeviction, so it could lose counters of guesses`;
    if (!refused.has(server)) log.error({ server, policy }, line);
    refused.add(server);
    if (role !== 'slave') onRefusal(line);
    return false;
  };
}
