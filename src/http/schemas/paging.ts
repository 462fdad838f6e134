import Type, { type TSchema } from 'typebox';
import { Problem } from '../../domain/problems.ts';

/** Query parameters of a list. Their values are texts. */
export const pageQuery = {
  limit: Type.Optional(
    Type.String({
      pattern: '^([1-9][0-9]?|1[0-9]{2}|200)$',
      default: '50',
      description: 'How many at the most: 1 to 200.',
      examples: ['50'],
    }),
  ),
  cursor: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 1024,
      pattern: '^[\\w-]+$',
      description: 'The `nextCursor` of the page before.',
      examples: ['WyJ1c2VycyIsIjQyIl0'],
    }),
  ),
};

export function listOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item, { description: 'One page of the list.' }),
    nextCursor: Type.Union([Type.String(), Type.Null()], {
      description: 'The `cursor` of the next page. Null on the last one.',
      examples: [null],
    }),
  });
}

export function limitOf(query: { limit?: string }): number {
  return Number(query.limit ?? 50);
}

/** The end of the previous page, opaque. It works for no other `list`; a made-up `form` is refused. */
export function readCursor(list: string, cursor: string | undefined, form: RegExp): string | null {
  if (cursor === undefined) return null;
  const [kind, position] = parse(cursor);
  if (kind === list && typeof position === 'string' && form.test(position)) return position;
  const errors = [{ pointer: '/cursor', detail: 'is not a cursor of this list' }];
  throw new Problem('invalid-request', { errors });
}

/** Makes a page from one item more than requested, if there is one. */
export function pageOf<Row, Item>(
  list: string,
  rows: Row[],
  {
    limit,
    position,
    present,
  }: {
    limit: number;
    position: (row: Row) => string;
    present: (row: Row) => Item;
  },
): { items: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const next = last && Buffer.from(JSON.stringify([list, position(last)])).toString('base64url');
  return { items: shown.map(present), nextCursor: next ?? null };
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}
