import { exampleRequestId } from '../../src/http/schemas/fields.ts';
import type { Document, Operation, Response } from './document.ts';
import { operationsOf } from './document.ts';

const text = (description: string, example: string) => ({
  description,
  schema: { type: 'string', examples: [example] },
});

const headers = {
  'X-Request-Id': text(
    "Names this answer in the log: the caller's own id if it sent one of at most 64 letters, " +
      'digits and `_.:-`, else a new one.',
    exampleRequestId,
  ),
  'Cache-Control': text('Never to be stored.', 'no-store'),
  'Retry-After': text('After how many seconds it is worth trying again.', '12'),
  'WWW-Authenticate': text('That a bearer credential is asked for.', 'Bearer'),
  'Idempotency-Replayed': text('The stored answer to the same request, sent before.', 'true'),
  ETag: text('Names this version of the challenge, for `If-None-Match`.', '"_yLQHDKviu-A_ptr"'),
};

type HeaderName = keyof typeof headers;

const requestId = {
  name: 'x-request-id',
  in: 'header',
  description:
    'An id of your own for this call: at most 64 letters, digits and `_.:-`. Any other is left out.',
  schema: { type: 'string', examples: [exampleRequestId] },
};

/** Says which headers each answer carries. */
export function addHeaders(document: Document): void {
  document.components.headers = headers;
  document.components.parameters = { RequestId: requestId };
  for (const { operation } of operationsOf(document.paths))
    for (const [status, response] of Object.entries(operation.responses)) {
      const names = headersOf(operation, status, response);
      const refs = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
      response.headers = Object.fromEntries(refs);
    }
  for (const item of Object.values(document.paths))
    (item as { parameters?: object[] }).parameters = [
      { $ref: '#/components/parameters/RequestId' },
    ];
}

function headersOf(operation: Operation, status: string, { description }: Response): HeaderName[] {
  const names: HeaderName[] = ['X-Request-Id', 'Cache-Control'];
  const waits = ['429', '503'].includes(status) || description.includes('`request-in-progress`');
  if (waits) names.push('Retry-After');
  if (status === '401') names.push('WWW-Authenticate');
  if (takesKey(operation) && isStored(status)) names.push('Idempotency-Replayed');
  if (operation.operationId === 'getChallenge' && ['200', '304'].includes(status))
    names.push('ETag');
  return names;
}

function takesKey({ parameters = [] }: Operation): boolean {
  return parameters.some(({ name }) => name === 'idempotency-key');
}

/** Answers that charge something are stored; so are those that did what was asked. */
function isStored(status: string): boolean {
  return status < '300' || ['409', '422', '429'].includes(status);
}
