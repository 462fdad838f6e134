import { type LookupAddress, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where no endpoint of a client is: this machine, its network, and what is set aside (RFC 6890). */
const inside = new BlockList();
const subnets: [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
for (const [network, prefix] of subnets) inside.addSubnet(network, prefix, 'ipv4');
// Of IPv6 only what is routed at all (2000::/3), without the tunnels that lead back to IPv4.
inside.addSubnet('2001::', 32, 'ipv6');
inside.addSubnet('2002::', 16, 'ipv6');
const routed = new BlockList();
routed.addSubnet('2000::', 3, 'ipv6');

/** Whether an address may be the end of a webhook. */
export function isOutside(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !inside.check(address, 'ipv4');
  return family === 6 && routed.check(address, 'ipv6') && !inside.check(address, 'ipv6');
}

/**
 * Resolves a name and refuses it when any of its addresses is inside. Done at the moment of
 * connecting: a name that was looked at before may lead elsewhere by then.
 */
export const outsideOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
    const refused = !error && !addresses.every(({ address }) => isOutside(address));
    const problem = refused ? new Error('an address inside the network') : error;
    const [first] = addresses;
    if (problem || !first) return callback(problem ?? new Error('no address'), '', 0);
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};
