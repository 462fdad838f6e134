import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { problemKind } from '../../domain/problems.ts';
import { answerHeaders } from '../security-headers.ts';
import type { ProblemBody } from './problem-schema.ts';

const reasons: Record<string, string> = {
  HPE_HEADER_OVERFLOW: 'has more header fields than are read',
  ERR_HTTP_REQUEST_TIMEOUT: 'did not arrive in time',
};

/** Answers a request that is not valid HTTP. No hook runs for it. */
export function answerClientError({ code }: NodeJS.ErrnoException, socket: Socket): void {
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  socket.write(answer(reasons[code ?? ''] ?? 'cannot be read'));
  socket.destroySoon();
}

function answer(detail: string): string {
  const { name, status, title, remedy } = problemKind('invalid-request');
  const id = randomUUID();
  const errors = [{ pointer: '', detail }];
  const type = `/problems/${name}` as const;
  const problem: ProblemBody = { type, title, status, detail: remedy, instance: id, errors };
  const body = JSON.stringify(problem);
  const headers = {
    ...answerHeaders,
    'x-request-id': id,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  };
  const lines = Object.entries(headers).map((header) => header.join(': '));
  return [`HTTP/1.1 ${status} Bad Request`, ...lines, '', body].join('\r\n');
}
