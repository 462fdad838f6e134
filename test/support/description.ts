import { readFileSync } from 'node:fs';

/** JSON Schema, as far as ours goes. */
export type Schema = {
  type?: string;
  minProperties?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  pattern?: string;
  format?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  $ref?: string;
};

type Content = Record<string, { schema: Schema; examples?: Record<string, unknown> }>;

type Parameter = {
  in: 'path' | 'query' | 'header';
  name: string;
  required?: boolean;
  schema: Schema;
};

export type Operation = {
  id: string;
  method: string;
  path: string;
  /** Which kind of credential it asks for; null when it is open to all. */
  door: 'apiKey' | 'challengeToken' | null;
  /** Which scope a key needs. */
  scope: string | null;
  parameters: Parameter[];
  body: Schema | null;
  /** The media types that it may be sent as. */
  bodyTypes: string[];
  /** What it may answer, by status. */
  responses: Record<string, Response>;
};

export type Response = { $ref?: string; content?: Content; headers?: Record<string, unknown> };

type Described = {
  operationId: string;
  'x-scope'?: string;
  security?: Record<string, unknown>[];
  parameters?: Parameter[];
  requestBody?: { content: Content };
  responses: Operation['responses'];
};

export type Description = {
  info: { description: string };
  paths: Record<string, Record<string, Described>>;
  webhooks: Record<string, { post: { summary: string } }>;
  components: { schemas: Record<string, Schema>; responses: Record<string, Response> };
};

const file = new URL('../../src/http/generated/openapi.json', import.meta.url);

/** The description that callers get, and nothing that only we know. */
export const description: Description = JSON.parse(readFileSync(file, 'utf8'));

export function operations(): Operation[] {
  return Object.entries(description.paths).flatMap(([path, methods]) =>
    methodsOf(methods).map(([method, described]) => ({
      id: described.operationId,
      method: method.toUpperCase(),
      path,
      door: (Object.keys(described.security?.[0] ?? {})[0] ?? null) as Operation['door'],
      scope: described['x-scope'] ?? null,
      parameters: described.parameters ?? [],
      body: described.requestBody?.content['application/json']?.schema ?? null,
      bodyTypes: Object.keys(described.requestBody?.content ?? {}),
      responses: resolved(described.responses),
    })),
  );
}

/** Beside its methods, a path has parameters of all of them. */
export function methodsOf<Item extends object>(path: Record<string, Item>): [string, Item][] {
  return Object.entries(path).filter(([method]) => method !== 'parameters');
}

/** Answers with problems are described once, and named where they may come. */
function resolved(responses: Operation['responses']): Operation['responses'] {
  const parts = Object.entries(responses).map(([status, response]) => {
    const name = response.$ref?.split('/').at(-1) ?? '';
    return [status, description.components.responses[name] ?? response];
  });
  return Object.fromEntries(parts);
}
