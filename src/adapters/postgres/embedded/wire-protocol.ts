import type { Socket } from 'node:net';
import type { PGlite } from '@electric-sql/pglite';

/** First messages that ask for encryption (TLS, GSSAPI) or to cancel: none is to be had here. */
const encryptionRequests = new Set([80877103, 80877104]);
const cancelRequest = 80877102;

/**
 * Lets one connection speak PostgreSQL's protocol to the embedded database. PGlite is one session:
 * a connection has it from the first message of a request to the last answer of its transaction.
 * (pglite-socket, made for this, lets go between messages, and statements of two get mixed up.)
 */
export async function serveConnection(db: PGlite, socket: Socket): Promise<void> {
  const incoming = requests(socket);
  for (let next = await incoming.next(); !next.done; next = await incoming.next()) {
    const first = next.value;
    await db._runExclusiveTransaction(() => untilIdle(db, socket, first, incoming));
  }
}

async function untilIdle(
  db: PGlite,
  socket: Socket,
  first: Buffer[],
  incoming: AsyncIterator<Buffer[]>,
): Promise<void> {
  let request = first;
  while (await answer(db, socket, request)) {
    const next = await incoming.next();
    if (next.done) {
      await db.runExclusive(() => db.execProtocolRaw(simpleQuery('ROLLBACK')));
      return;
    }
    request = next.value;
  }
}

/** True when the answer leaves a transaction open. */
async function answer(db: PGlite, socket: Socket, request: Buffer[]): Promise<boolean> {
  let last = Buffer.alloc(0);
  for (const message of request) {
    const bytes = await db.runExclusive(() => db.execProtocolRaw(message));
    if (bytes.length > 0) last = Buffer.from(bytes);
    if (socket.writable) socket.write(Buffer.from(bytes));
  }
  return isReadyForQuery(last) && last.at(-1) !== 'I'.charCodeAt(0);
}

function isReadyForQuery(bytes: Buffer): boolean {
  return bytes.length >= 6 && bytes.at(-6) === 'Z'.charCodeAt(0);
}

function simpleQuery(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.from('Q\0\0\0\0');
  head.writeInt32BE(4 + text.length, 1);
  return Buffer.concat([head, text]);
}

/** What arrives, cut into requests: messages that are answered together. */
async function* requests(socket: Socket): AsyncGenerator<Buffer[]> {
  let buffer = Buffer.alloc(0);
  let started = false;
  const request: Buffer[] = [];
  for await (const chunk of socket) {
    buffer = Buffer.concat([buffer, chunk]);
    for (let size = messageSize(buffer, started); size; size = messageSize(buffer, started)) {
      const message = buffer.subarray(0, size);
      buffer = buffer.subarray(size);
      if (!started && encryptionRequests.has(message.readInt32BE(4))) {
        socket.write('N');
        continue;
      }
      if (isGoodbye(message, started)) return;
      request.push(message);
      if (!started || 'SQ'.includes(String.fromCharCode(message.readUInt8()))) {
        yield request.splice(0);
      }
      started = true;
    }
  }
}

/** Zero while the message is not complete. The very first one has no type before its length. */
function messageSize(buffer: Buffer, started: boolean): number {
  const typeSize = started ? 1 : 0;
  if (buffer.length < typeSize + 4) return 0;
  const size = typeSize + buffer.readInt32BE(typeSize);
  return buffer.length >= size ? size : 0;
}

function isGoodbye(message: Buffer, started: boolean): boolean {
  if (started) return message.readUInt8() === 'X'.charCodeAt(0);
  return message.readInt32BE(4) === cancelRequest;
}
