import { sample } from 'openapi-sampler';
import { challengeExamples, shownBy } from './challenge-examples.ts';
import type { Document, Media, Operation, Schema } from './document.ts';
import { operationsOf } from './document.ts';

const challengeRef = '#/components/schemas/Challenge';

/** Gives every body an example: made from the examples of its fields, unless it is a challenge or a problem. */
export function addExamples(document: Document): void {
  const challenges = challengeExamples(sampleOf(document, { $ref: challengeRef }));
  document.components.examples = { ...challenges };
  for (const { operation } of operationsOf(document.paths)) {
    const answers = Object.entries(operation.responses).map(([status, { content }]) => {
      return { content, of: `${operation.operationId} ${status}` };
    });
    for (const { content = {}, of } of [{ content: bodyOf(operation), of: '' }, ...answers])
      for (const media of Object.values(content))
        media.examples ??= examplesFor(media, of, document);
  }
}

function bodyOf({ requestBody }: Operation): Record<string, Media> {
  return requestBody?.content ?? {};
}

function examplesFor({ schema = {} }: Media, of: string, document: Document) {
  if (schema.$ref === challengeRef) return refsTo(shownBy(of));
  const { examples = [sampleOf(document, schema)] } = schema;
  return Object.fromEntries(
    examples.map((value, i) => [i ? `example${i + 1}` : 'example', { value }]),
  );
}

function refsTo(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }]));
}

function sampleOf(document: Document, schema: Schema): unknown {
  return sample(schema as object, { quiet: true }, document);
}
