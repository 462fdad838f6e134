import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { problemNames } from '../../src/domain/problems.ts';
import type { Answer } from '../support/start-service.ts';
import type { Case } from './cases.ts';
import type { Description, Operation, Schema } from './operations.ts';

export type Sent = { body: string; contentType: string | null };

/** Whether an answer is one that the description promises. */
export type ServerCheck = {
  /** @returns what is wrong with it; null when nothing is. */
  answer(operation: Operation, asked: Case, answer: Answer): string | null;
  /** Whether a body is one that the operation is described to take. */
  takes(operation: Operation, sent: Sent): boolean;
};

export function judgeBy(description: Description): ServerCheck {
  const ajv = new Ajv2020({ strict: false, validateFormats: false, discriminator: true });
  ajv.addSchema({ $id: 'api', components: description.components });
  const compiled = new WeakMap<Schema, ValidateFunction>();
  const check = (schema: Schema, value: unknown) => {
    const known = compiled.get(schema) ?? ajv.compile(anchored(schema));
    compiled.set(schema, known);
    return known(value) ? null : ajv.errorsText(known.errors);
  };
  const everywhere = anywhere(description);
  const problem: Schema = { $ref: '#/components/schemas/Problem' };

  return {
    answer(operation, asked, answer) {
      const { status, body } = answer;
      if (status >= 500) return `a ${status}`;
      const declared = asked.method === operation.method ? operation.responses[status] : undefined;
      if (!declared) {
        const named = everywhere.has(body?.type) && isProblem(answer);
        return named ? check(problem, body) : `a ${status} that is not described`;
      }
      const content = Object.entries(declared.content ?? {});
      if (content.length === 0) return body === '' ? null : 'a body where none is described';
      const type = String(answer.headers['content-type']).split(';')[0];
      const [, found] = content.find(([name]) => name === type) ?? [];
      return found ? check(found.schema, body) : `a content type that is not described: ${type}`;
    },
    takes({ body: schema }, { body, contentType }) {
      if (!schema) return true;
      if (body && !/^application\/json\b/i.test(contentType ?? '')) return false;
      try {
        // A reader may pass over a byte order mark (RFC 8259, section 8.1).
        return check(schema, body ? JSON.parse(body.replace(/^\ufeff/, '')) : {}) === null;
      } catch {
        return false;
      }
    },
  };
}

/** The references of a description lead into the description. */
function anchored(schema: Schema): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'));
}

/** What may be answered anywhere: in its words, and to what does not reach an operation. */
function anywhere({ info }: Description): Set<string> {
  const said = problemNames.filter((name) => info.description.includes(`\`${name}\``));
  return new Set([...said, 'not-found'].map((name) => `/problems/${name}`));
}

function isProblem({ status, headers, body }: Answer): boolean {
  const type = String(headers['content-type']).startsWith('application/problem+json');
  return type && body.status === status && body.instance === headers['x-request-id'];
}
