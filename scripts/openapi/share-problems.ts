import type { Document, Response } from './document.ts';
import { operationsOf } from './document.ts';
import { problemExamples } from './problem-examples.ts';

const mediaType = 'application/problem+json';

/** Writes each answer with problems once, and names it by them: most calls have many in common. */
export function shareProblems(document: Document): void {
  const shared: Record<string, Response> = {};
  const met = new Set<string>();
  for (const { operation } of operationsOf(document.paths))
    for (const [status, response] of Object.entries(operation.responses)) {
      const names = Object.keys(response.content?.[mediaType]?.examples ?? {});
      if (names.length === 0) continue;
      for (const name of names) met.add(name);
      const name = [...names, ...particular(response)].join('.');
      shared[name] = response;
      operation.responses[status] = { $ref: `#/components/responses/${name}` } as Response;
    }
  document.components.responses = shared;
  Object.assign(
    document.components.examples ?? {},
    problemExamples((name) => met.has(name)),
  );
}

/** The same problems may come with the challenge, or with other headers: a stored answer says that it is one. */
function particular({ headers = {}, content = {} }: Response): string[] {
  const { $ref = '' } = content[mediaType]?.schema ?? {};
  return [
    ...($ref.endsWith('/ChallengeProblem') ? ['challenge'] : []),
    ...('Idempotency-Replayed' in headers ? ['stored'] : []),
  ];
}
