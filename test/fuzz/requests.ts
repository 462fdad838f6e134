import type { InjectOptions } from 'fastify';
import type { Operation } from '../support/description.ts';
import type { Case } from './cases.ts';

/** What a case means: ids that exist by the names that stand for them. */
export type Names = Record<string, string>;

/** @param bearer the whole `Authorization`; none when null. */
export function requestOf(
  operation: Operation,
  asked: Case,
  { names, authorization }: { names: Names; authorization: string | null },
): InjectOptions {
  const headers = Object.entries(asked.headers).map(([name, value]) => {
    return [name, headerValue(named(String(value), names))];
  });
  const { contentType, body } = asked;
  return {
    method: asked.method as 'GET',
    url: urlOf(operation, asked, names),
    headers: {
      ...Object.fromEntries(headers),
      ...(authorization && { authorization }),
      ...(contentType !== null && { 'content-type': contentType }),
    },
    ...(body !== null && { payload: named(body, names) }),
  };
}

function urlOf({ path }: Operation, asked: Case, names: Names): string {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    return encode(named(String(asked.path[name] ?? ''), names));
  });
  const query = asked.query.map(([name, value]) => {
    return `${encode(name)}=${encode(named(String(value), names))}`;
  });
  return `${filled}${asked.tail}${query.length > 0 ? `?${query.join('&')}` : ''}`;
}

/** Encodes as a client must, except text that starts with `%`, which is odd on purpose. */
function encode(text: string): string {
  return text.startsWith('%') ? text : encodeURIComponent(text.toWellFormed());
}

function named(text: string, names: Names): string {
  return text.replaceAll(/\$[a-z]+/g, (name) => names[name] ?? name);
}

/** The bytes of a text that can be in a header at all; Node hands them over as Latin-1. */
function headerValue(text: string): string {
  const bytes = [...Buffer.from(text)].filter((byte) => (byte > 31 && byte !== 127) || byte === 9);
  return Buffer.from(bytes).toString('latin1').trim();
}
