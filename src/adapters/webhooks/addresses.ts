import { type LookupAddress, lookup } from 'node:dns';
import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that no client may use: this machine, its network, special ranges (RFC 6890). */
const inside = new BlockList();
const subnets: [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  // Documentation (RFC 5737).
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // AS112 (RFC 7534, 7535), AMT (RFC 7450) and relays of 6to4 (RFC 7526).
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.175.48.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
for (const [network, prefix] of subnets) inside.addSubnet(network, prefix, 'ipv4');
// In IPv6 only routed addresses (2000::/3), without its special ranges.
const specialV6: [network: string, prefix: number][] = [
  // Protocols (RFC 2928): Teredo, benchmarks, AMT, AS112, ORCHID (RFC 4843, 7343), drones.
  ['2001::', 23],
  // 6to4 leads back to IPv4 (RFC 3056).
  ['2002::', 16],
  // Documentation (RFC 3849, 9637) and AS112 (RFC 7534).
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['2620:4f:8000::', 48],
];
for (const [network, prefix] of specialV6) inside.addSubnet(network, prefix, 'ipv6');
const routed = new BlockList();
routed.addSubnet('2000::', 3, 'ipv6');

const insideTheNetwork = 'an address inside the network';

/** Whether a webhook may go to this address. */
export function isOutside(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !inside.check(address, 'ipv4');
  return family === 6 && routed.check(address, 'ipv6') && !inside.check(address, 'ipv6');
}

/** Refuses a name with any internal address, at the moment of connecting: an earlier lookup could be outdated. */
export const outsideOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
    const refused = !error && !addresses.every(({ address }) => isOutside(address));
    const problem = refused ? new Error(insideTheNetwork) : error;
    const [first] = addresses;
    if (problem || !first) return callback(problem ?? new Error('no address'), '', 0);
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

/** Why a webhook may not go to this URL, before its name is resolved. Null when it may. */
export function refusalOfUrl({ protocol, hostname }: URL): string | null {
  if (protocol !== 'https:') return 'not https';
  const address = addressOf(hostname);
  return isIP(address) && !isOutside(address) ? insideTheNetwork : null;
}

/** Also resolves the name. A name without an address now may get one later. */
export async function refusalOfWebhook(url: URL): Promise<string | null> {
  const refusal = refusalOfUrl(url);
  if (refusal) return refusal;
  const addresses = await resolve(addressOf(url.hostname), { all: true }).catch(() => []);
  return addresses.every(({ address }) => isOutside(address)) ? null : insideTheNetwork;
}

/** IPv6 has brackets in a URL. */
function addressOf(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
