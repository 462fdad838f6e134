import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { answerHeaders } from '../../src/http/security-headers.ts';
import {
  description,
  type Operation,
  operations,
  type Response,
  type Schema,
} from './description.ts';

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

/**
 * The same for an answer: its status, its problem, its headers and its JSON are all described. Null
 * also for a call that is not.
 */
export function answerMismatch(method: string, url: string, answer: Answer): string | null {
  const operation = described.find((one) => one.method === method && one.form.test(url));
  if (!operation) return null;
  const wrong = wrongIn(operation.responses[answer.status], answer);
  return wrong && `${method} ${operation.path} answers ${answer.status}: ${wrong}`;
}

function wrongIn(response: Response | undefined, { headers, body }: Answer): string | null {
  if (!response) return 'the status is not described';
  const { headers: named = {}, content = {} } = response;
  const known = new Set([
    ...ofEveryAnswer,
    ...Object.keys(named).map((name) => name.toLowerCase()),
  ]);
  const others = Object.keys(headers).filter((name) => !known.has(name));
  if (others.length > 0) return `headers that are not described: ${others.join(', ')}`;
  const type = String(headers['content-type']).split(';')[0] ?? '';
  const { schema, examples = {} } = content[type] ?? {};
  if (!schema || !/json$/.test(type)) return null;
  const { type: problem } = Object(body);
  if (
    type === 'application/problem+json' &&
    !(String(problem).slice('/problems/'.length) in examples)
  )
    return `the problem is not described: ${problem}`;
  return mismatch(schema, body);
}

/** Headers of HTTP itself, those that keep a browser from doing anything, and those of CORS. */
const ofEveryAnswer = [
  ...Object.keys(answerHeaders),
  'strict-transport-security',
  'access-control-allow-origin',
  'access-control-expose-headers',
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'vary',
];

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
