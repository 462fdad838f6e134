/** The tags in the header: a list, any, or none. */
export type KnownTags = readonly string[] | 'any' | null;

const tag = String.raw`(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"`;
const list = new RegExp(String.raw`^[\t ,]*${tag}(?:[\t ]*,[\t ,]*${tag})*[\t ,]*$`);
const tags = /"[^"]*"/g;

/** Compared weakly (RFC 9110 §13.1.2): compression makes a tag weak. A malformed header is ignored. */
export function readIfNoneMatch(header: string | undefined): KnownTags {
  if (header === undefined) return null;
  if (header.trim() === '*') return 'any';
  return list.test(header) ? (header.match(tags) ?? []) : null;
}
