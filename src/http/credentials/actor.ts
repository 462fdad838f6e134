import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Problem } from '../../domain/problems.ts';
import { isOpaqueId } from '../schemas/fields.ts';

const header = 'x-actor';

/** The prefix of a percent-encoded id (RFC 8187), for an id that is not ASCII. */
const encoded = "UTF-8''";

/** Other forms of RFC 8187, and near misses. They have two readings, so they are refused. */
const ambiguous = /^utf-?8'[^']*'/i;

export const ActorSchema = Type.String({
  description:
    'The user id of the person really at the keyboard, sent once. An id that is not ASCII is ' +
    `sent as \`${encoded}\` and the id percent-encoded in UTF-8 (RFC 8187); so is one that ` +
    `begins with \`${encoded}\`, whatever the case. Nothing else is decoded. Raw bytes are ` +
    'UTF-8 where they can be, else Latin-1. Any other header is `invalid-request`.',
  examples: ['42', "UTF-8''Zo%C3%AB"],
});

/** Null without the header. With two readings it is refused: one user could pass for another. @throws Problem */
export function actorOf({ headers, raw }: FastifyRequest): string | null {
  const value = headers[header];
  if (typeof value !== 'string') return null;
  // Node joins repeated headers with a comma, but an id may contain one.
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

/** Node decodes headers as Latin-1. */
function readBytes(value: string): string {
  if (ambiguous.test(value)) throw unreadable(`may only be encoded as ${encoded}`);
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : value;
}

function unreadable(detail: string): Problem {
  return new Problem('invalid-request', { errors: [{ pointer: `/${header}`, detail }] });
}
