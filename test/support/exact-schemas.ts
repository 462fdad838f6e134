import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { description, type Operation, operations, type Schema } from './description.ts';

type Answer = { status: number; headers: Record<string, unknown>; body: unknown };

const ajv = new Ajv2020({ strict: false, validateFormats: false, discriminator: true });
ajv.addSchema({ $id: 'api', components: withoutOtherFields(description.components) });

const compiled = new WeakMap<Schema, ValidateFunction>();

/** What is wrong with a value by a schema of the description. A field that it does not name is wrong. */
export function mismatch(schema: Schema, value: unknown): string | null {
  const known = compiled.get(schema) ?? ajv.compile(anchored(withoutOtherFields(schema)));
  compiled.set(schema, known);
  return known(value) ? null : ajv.errorsText(known.errors);
}

/** The same for an answer with JSON. Null also for one that is not described. */
export function answerMismatch(method: string, url: string, answer: Answer): string | null {
  const operation = described.find((one) => one.method === method && one.form.test(url));
  const content = operation?.responses[answer.status]?.content ?? {};
  const type = String(answer.headers['content-type']).split(';')[0] ?? '';
  const schema = content[type]?.schema;
  if (!schema || !/json$/.test(type)) return null;
  const wrong = mismatch(schema, answer.body);
  return wrong && `${method} ${operation?.path} answers ${answer.status}: ${wrong}`;
}

const described = operations().map((operation) => ({ ...operation, form: formOf(operation) }));

/** Matches the addresses of an operation. */
function formOf({ path }: Operation): RegExp {
  const pattern = path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/?]+');
  return new RegExp(`^${pattern}(\\?|$)`);
}

function withoutOtherFields<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(withoutOtherFields) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.entries(schema).map(([key, part]) => [key, withoutOtherFields(part)]);
  const closed = typeof Object(schema).properties === 'object' && { additionalProperties: false };
  return { ...closed, ...Object.fromEntries(parts) };
}

/** The references of a description lead into the description. */
function anchored(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/'));
}
