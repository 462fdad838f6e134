import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Problem } from '../domain/problems.ts';
import { isOpaqueId } from './fields.ts';

const header = 'x-actor';

/** How an id that is not ASCII travels (RFC 8187): this, and the id percent-encoded. */
const encoded = "UTF-8''";

/** What RFC 8187 also allows, or nearly does: it could be read in two ways, so it is not read. */
const ambiguous = /^utf-?8'[^']*'/i;

export const ActorSchema = Type.String({
  description:
    'The user id of the person really at the keyboard, sent once. An id that is not ASCII is ' +
    `sent as \`${encoded}\` and the id percent-encoded in UTF-8 (RFC 8187); so is one that ` +
    `begins with \`${encoded}\`, whatever the case. Nothing else is decoded. Raw bytes are ` +
    'UTF-8 where they can be, else Latin-1. Any other header is `invalid-request`.',
  examples: ['42', "UTF-8''Zo%C3%AB"],
});

/**
 * Who is at the keyboard; null without the header. A header has one reading or none: with two, one
 * user could pass for another.
 *
 * @throws Problem `invalid-request`.
 */
export function actorOf({ headers, raw }: FastifyRequest): string | null {
  const value = headers[header];
  if (typeof value !== 'string') return null;
  // Node joins repeated headers with a comma, and an id may hold one.
  const times = raw.rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === header);
  if (times.length > 1) throw unreadable('is sent more than once');
  const actor = value.startsWith(encoded) ? decode(value) : readBytes(value);
  if (!isOpaqueId(actor)) throw unreadable('is not an id: see `userId`');
  return actor;
}

function decode(value: string): string {
  const text = value.slice(encoded.length);
  try {
    if (/^[!-~]+$/.test(text)) return decodeURIComponent(text);
  } catch {}
  throw unreadable(`is not percent-encoded UTF-8 after ${encoded}`);
}

/** Node reads the bytes of headers as Latin-1. */
function readBytes(value: string): string {
  if (ambiguous.test(value)) throw unreadable(`may only be encoded as ${encoded}`);
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}

function unreadable(detail: string): Problem {
  return new Problem('invalid-request', { errors: [{ pointer: `/${header}`, detail }] });
}
