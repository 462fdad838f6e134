import type { Log } from '../../../domain/ports.ts';
import type { ServerCheck } from './connectors.ts';

/** A server that may evict would delete counters of guesses. `onRefusal` gets the reason in one line. */
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
