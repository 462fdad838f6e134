import { startTap } from './tap.ts';

/** A server in front of a PostgreSQL. It counts what clients ask: each statement by its text. */
export async function watchPostgres(url: string) {
  const seen: Seen = { statements: [], parsed: [], roundTrips: 0 };
  const tap = await startTap(url, ({ near, far }) => {
    const read = messageReader(seen);
    near.on('data', (chunk: Buffer) => {
      read(chunk);
      far.write(chunk);
    });
    far.pipe(near);
  });
  return {
    ...tap,
    /** What was asked since the last time. */
    take() {
      const taken = { ...seen };
      Object.assign(seen, { statements: [], parsed: [], roundTrips: 0 });
      return taken;
    },
  };
}

type Seen = { statements: string[]; parsed: string[]; roundTrips: number };

/** Reads the messages of one connection: a type, a length, and what a client says. */
function messageReader(seen: Seen): (chunk: Buffer) => void {
  const prepared = new Map<string, string>();
  let rest = Buffer.alloc(0);
  let isStarted = false;
  let bound = '';
  const listen = (type: string, body: Buffer) => {
    const [first = '', second = ''] = body.toString().split('\0');
    if (type === 'P') {
      prepared.set(first, second);
      seen.parsed.push(second);
    }
    if (type === 'B') bound = second;
    if (type === 'E') seen.statements.push(prepared.get(bound) ?? '');
    if (type === 'Q') seen.statements.push(first);
    if (type === 'S' || type === 'Q') seen.roundTrips += 1;
  };
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (;;) {
      // The first message has no type.
      const start = isStarted ? 1 : 0;
      if (rest.length < start + 4) return;
      const end = start + rest.readInt32BE(start);
      if (rest.length < end) return;
      if (isStarted) listen(String.fromCharCode(rest[0] ?? 0), rest.subarray(start + 4, end));
      isStarted = true;
      rest = rest.subarray(end);
    }
  };
}
