import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** How a connection ends for the client. `half-closed`: the server still hears what the client sends. */
export type End = 'closed' | 'reset' | 'half-closed';

/** Cuts a connection after so many more bytes, to the server (`up`) or from it (`down`). */
export type Cut = { direction: 'up' | 'down'; bytes: number; end: End };

type Pair = { near: Socket; far: Socket };

/** A line to a server on this machine, whose connections can be cut at any byte. */
export async function startLine(serverPort: number) {
  const pairs = new Set<Pair>();
  let [target, opened, cuts] = [serverPort, 0, 0];
  let cut: Cut | null = null;

  /** Carries a piece, or its start if the line is cut in it. */
  const carry = (pair: Pair, direction: Cut['direction'], piece: Buffer) => {
    const to = direction === 'up' ? pair.far : pair.near;
    const left = cut?.direction === direction ? cut.bytes : Number.POSITIVE_INFINITY;
    const end = cut?.end ?? 'closed';
    const isCut = left < piece.length;
    if (to.writable) to.write(piece.subarray(0, left));
    if (cut?.direction === direction) cut = isCut ? null : { ...cut, bytes: left - piece.length };
    if (!isCut) return;
    cuts += 1;
    endPair(pair, end);
    if (end === 'half-closed' && direction === 'up') to.write(piece.subarray(left));
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect(target, '127.0.0.1');
    const pair = { near: near.setNoDelay(), far: far.setNoDelay() };
    pairs.add(pair);
    opened += 1;
    near.on('data', (piece: Buffer) => carry(pair, 'up', piece));
    far.on('data', (piece: Buffer) => carry(pair, 'down', piece));
    near.on('error', () => {}).on('end', () => far.end());
    far.on('error', () => near.destroy()).on('end', () => near.end());
    near.once('close', () => {
      pairs.delete(pair);
      far.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    port: (server.address() as AddressInfo).port,
    /** Connections of the client: how many it has opened, how many are open, how many were cut. */
    get counts() {
      return { opened, open: pairs.size, cuts };
    },
    /** Cuts the connection that gets there first. Null for none. */
    cutAt(next: Cut | null): void {
      cut = next;
    },
    /** Ends every open connection, or the one at this place. Resolves when the client's machine knows. */
    async end(end: End, place?: number): Promise<void> {
      const ended = [...pairs].filter((_, index) => place === undefined || index === place);
      await Promise.all(ended.map((pair) => endPair(pair, end)));
    },
    /** Later connections go to this port. */
    connectTo(port: number): void {
      target = port;
    },
    /** Later connections are refused while so many are open. */
    admit(most: number): void {
      server.maxConnections = most;
    },
    /** Resolves when the client has closed its connections. */
    quiet: () => Promise.all([...pairs].map(({ near }) => once(near, 'close'))),
    close(): void {
      server.close();
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
    },
  };
}

async function endPair({ near }: Pair, end: End): Promise<void> {
  if (end === 'reset') return void near.resetAndDestroy();
  await new Promise<void>((told) => near.end(() => told()));
  if (end === 'closed') near.destroy();
}
