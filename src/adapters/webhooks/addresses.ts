import { type LookupAddress, lookup } from 'node:dns';
import { lookup as resolve } from 'node:dns/promises';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Where no endpoint of a client is: this machine, its network, and special ranges (RFC 6890). */
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
// Of IPv6 only what is routed at all (2000::/3), without what is special in there.
const specialV6: [network: string, prefix: number][] = [
  // Protocols (RFC 2928): Teredo, benchmarks, AMT, AS112, ORCHID (RFC 4843, 7343), drones.
  ['2001::', 23],
  // 6to4, which leads back to IPv4 (RFC 3056).
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

/** Whether an address may be the end of a webhook. */
export function isOutside(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !inside.check(address, 'ipv4');
  return family === 6 && routed.check(address, 'ipv6') && !inside.check(address, 'ipv6');
}

/**
 * Resolves a name and refuses it when any of its addresses is inside. Done at the moment of
 * connecting: a name that was looked up before may lead elsewhere by then.
 */
export const outsideOnly: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[] = []) => {
    const refused = !error && !addresses.every(({ address }) => isOutside(address));
    const problem = refused ? new Error(insideTheNetwork) : error;
    const [first] = addresses;
    if (problem || !first) return callback(problem ?? new Error('no address'), '', 0);
    return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
  });
};

/** Why a webhook may not lead to this URL, whose name is not resolved; null when it may. */
export function refusalOfUrl({ protocol, hostname }: URL): string | null {
  if (protocol !== 'https:') return 'not https';
  const address = addressOf(hostname);
  return isIP(address) && !isOutside(address) ? insideTheNetwork : null;
}

/** The same with the name resolved. One that cannot be resolved now may be resolved later. */
export async function refusalOfWebhook(url: URL): Promise<string | null> {
  const refusal = refusalOfUrl(url);
  if (refusal) return refusal;
  const addresses = await resolve(addressOf(url.hostname), { all: true }).catch(() => []);
  return addresses.every(({ address }) => isOutside(address)) ? null : insideTheNetwork;
}

/** IPv6 stands in brackets in a URL. */
function addressOf(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}
