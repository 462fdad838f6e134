import type { Document, Media, Operation, Parameter, Schema } from './document.ts';
import { operationsOf } from './document.ts';
import { type Validate, validatorFor } from './validator.ts';

/**
 * What the description still lacks, one line each: words, examples, and examples that are as their
 * schema says. The routes' schemas are where to mend it.
 */
export function gapsOf(document: Document): string[] {
  const validate = validatorFor(document);
  const known = new Set((document.tags ?? []).map(({ name }) => name));
  const all = [document.paths, document.webhooks ?? {}].flatMap(operationsOf);
  const operations = all.flatMap(({ name, operation }) =>
    [...ofOperation(operation, known), ...ofParts(operation, document, validate)].map(
      (gap) => `${name} ${gap}`,
    ),
  );
  const schemas = Object.entries(document.components.schemas).flatMap(([name, schema]) =>
    ofSchema(schema, validate).map((gap) => `${name}${gap}`),
  );
  const shared = Object.entries(document.components.responses ?? {}).flatMap(
    ([name, { content = {} }]) => {
      return ofContent(content, document, validate).map((gap) => `${name}${gap}`);
    },
  );
  return [...new Set([...operations, ...schemas, ...shared])];
}

function ofOperation(operation: Operation, tags: Set<string>): string[] {
  const words = ['operationId', 'summary', 'description', 'security'] as const;
  const { tags: own = [] } = operation;
  const gaps = words.filter((word) => !operation[word]).map((word) => `has no ${word}`);
  if (own.length !== 1) gaps.push('needs exactly one tag');
  return [
    ...gaps,
    ...own.filter((tag) => !tags.has(tag)).map((tag) => `has a tag that is not described: ${tag}`),
  ];
}

function ofParts(operation: Operation, document: Document, validate: Validate): string[] {
  const { parameters = [], requestBody, responses } = operation;
  const answers = Object.entries(responses).flatMap(([status, { content = {} }]) =>
    ofContent(content, document, validate).map((gap) => `${status}${gap}`),
  );
  return [
    ...parameters.flatMap((one) => ofParameter(one, validate)),
    ...ofContent(requestBody?.content ?? {}, document, validate).map((gap) => `body${gap}`),
    ...answers,
  ];
}

function ofParameter(
  { in: place, name, description, schema, example, examples }: Parameter,
  validate: Validate,
): string[] {
  const named = Object.values(examples ?? {}).map(exampleValue);
  const values = [...named, example, ...(schema.examples ?? []), schema.enum?.[0]].filter(
    (value) => value !== undefined,
  );
  const gaps = description ? [] : [': has no description'];
  if (values.length === 0) gaps.push(': has no example');
  gaps.push(...wrongExamples(schema, values, validate));
  return gaps.map((gap) => `${place} ${name}${gap}`);
}

function ofContent(
  content: Record<string, Media>,
  document: Document,
  validate: Validate,
): string[] {
  return Object.values(content).flatMap(({ schema = {}, examples = {} }) => {
    const values = Object.values(examples).map((one) => {
      return '$ref' in one
        ? exampleValue(document.components.examples?.[nameOf(one.$ref)])
        : one.value;
    });
    if (values.length === 0) return [': has no example'];
    return [...ofSchema(schema, validate), ...wrongExamples(schema, values, validate)];
  });
}

/** Each field, at any depth. */
function ofSchema(schema: Schema, validate: Validate): string[] {
  const { properties = {}, items, anyOf = [], oneOf = [], examples = [] } = schema;
  const fields = Object.entries(properties).flatMap(([name, field]) =>
    [...ofField(field), ...ofSchema(field, validate)].map((gap) => `/${name}${gap}`),
  );
  const parts = [items ?? [], anyOf, oneOf].flat();
  return [
    ...fields,
    ...parts.flatMap((part) => ofSchema(part, validate)),
    ...wrongExamples(schema, examples, validate),
  ];
}

function ofField(field: Schema): string[] {
  if (field.$ref) return [];
  const gaps = field.description ? [] : [': has no description'];
  return isGuessed(field) ? [...gaps, ': has no example'] : gaps;
}

/** Whether a tool would have to make up a value. */
function isGuessed({
  type,
  enum: list,
  const: only,
  default: usual,
  examples,
  items,
  ...rest
}: Schema) {
  if (examples || list || usual !== undefined || only !== undefined) return false;
  if (items) return isGuessed(items);
  const [first] = rest.anyOf ?? [];
  if (first) return isGuessed(first);
  return [type].flat().some((one) => one === 'string' || one === 'integer');
}

function wrongExamples(schema: Schema, values: unknown[], validate: Validate): string[] {
  return values
    .map((value) => validate(schema, value))
    .filter((wrong) => wrong !== null)
    .map((wrong) => `: has an example that is not as described: ${wrong}`);
}

function exampleValue(example?: object): unknown {
  return (example as { value?: unknown } | undefined)?.value;
}

function nameOf(ref: string): string {
  return ref.split('/').at(-1) ?? '';
}
