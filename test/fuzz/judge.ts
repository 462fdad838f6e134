import { problemNames } from '../../src/domain/problems.ts';
import { description, type Operation, type Schema } from '../support/description.ts';
import { mismatch } from '../support/exact-schemas.ts';
import type { Answer } from '../support/start-service.ts';
import type { Case } from './cases.ts';

export type Sent = { body: string; contentType: string | null };

const everywhere = anywhere();
const problem: Schema = { $ref: '#/components/schemas/Problem' };

/** What is wrong with an answer, by the description; null when nothing is. */
export function wrongAnswer(operation: Operation, asked: Case, answer: Answer): string | null {
  const { status, body } = answer;
  if (status >= 500) return `a ${status}`;
  const declared = asked.method === operation.method ? operation.responses[status] : undefined;
  if (!declared) {
    const named = everywhere.has(body?.type) && isProblem(answer);
    return named ? mismatch(problem, body) : `a ${status} that is not described`;
  }
  const content = Object.entries(declared.content ?? {});
  if (content.length === 0) return body === '' ? null : 'a body where none is described';
  const type = String(answer.headers['content-type']).split(';')[0];
  const [, found] = content.find(([name]) => name === type) ?? [];
  return found ? mismatch(found.schema, body) : `a content type that is not described: ${type}`;
}

/** Whether a body is one that the operation is described to take. */
export function takes(
  { body: schema, bodyTypes }: Operation,
  { body, contentType }: Sent,
): boolean {
  if (!schema) return true;
  const [type = ''] = (contentType ?? '').toLowerCase().split(';');
  if (body && !bodyTypes.includes(type)) return false;
  try {
    // A reader may pass over a byte order mark (RFC 8259, section 8.1).
    return mismatch(schema, body ? JSON.parse(body.replace(/^\ufeff/, '')) : {}) === null;
  } catch {
    return false;
  }
}

/** What may be answered anywhere: in its words, and to what does not reach an operation. */
function anywhere(): Set<string> {
  const said = problemNames.filter((name) => description.info.description.includes(`\`${name}\``));
  return new Set([...said, 'not-found'].map((name) => `/problems/${name}`));
}

function isProblem({ status, headers, body }: Answer): boolean {
  const type = String(headers['content-type']).startsWith('application/problem+json');
  return type && body.status === status && body.instance === headers['x-request-id'];
}
