import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { readOptional } from '../schemas/optional.ts';

const header = 'x-caller-address';

export const AddressSchema = Type.String({
  description:
    'The network address of the person, for the audit trail. Of a list, the first address is ' +
    'read; a port, a zone, brackets and quotes are left out. What is no address is left out whole.',
  examples: ['203.0.113.7', '2001:db8::7'],
});

/** The address in the header; null when there is none to read. Never refuses a call. */
export function addressOf(request: FastifyRequest): string | null {
  const value = request.headers[header];
  const list = typeof value === 'string' ? value.split(',') : null;
  return readOptional(request, header, list, (all) => all.map(readAddress).find(Boolean) ?? null);
}

/** Reads what proxies write: `1.2.3.4:5678`, `[2001:db8::1]:443`, `fe80::1%eth0`, `for="…"`. */
function readAddress(text: string): string | null {
  const bare = text
    .trim()
    .replace(/^for=/i, '')
    .replaceAll('"', '')
    .replace(/^\[([^\]]*)\](:\d*)?$/, '$1')
    .replace(/^([\d.]+):\d*$/, '$1')
    .replace(/%.*$/, '');
  return isIP(bare) ? bare : null;
}
