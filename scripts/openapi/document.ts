/** The part of OpenAPI 3.1 that is used here. */

export type Schema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  discriminator?: unknown;
  minProperties?: number;
};

export type Example = { $ref: string } | { summary?: string; value: unknown };

export type Media = { schema?: Schema; examples?: Record<string, Example> };

export type Response = {
  $ref?: string;
  description: string;
  content?: Record<string, Media>;
  headers?: Record<string, { $ref: string }>;
};

export type Parameter = {
  name: string;
  in: string;
  description?: string;
  required?: boolean;
  schema: Schema;
  example?: unknown;
  examples?: Record<string, Example>;
};

export type Operation = {
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  'x-scope'?: string;
  security?: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, Response>;
};

/** By method; `parameters` are those of all methods. */
export type PathItem = Record<string, Operation> | { parameters?: { $ref: string }[] };

export type Document = {
  openapi: string;
  info: { title: string; version: string };
  tags?: { name: string; description?: string }[];
  paths: Record<string, PathItem>;
  webhooks?: Record<string, PathItem>;
  components: {
    schemas: Record<string, Schema>;
    examples?: Record<string, Example>;
    headers?: Record<string, object>;
    responses?: Record<string, Response>;
    parameters?: Record<string, object>;
  };
};

export type Named = { name: string; operation: Operation };

/** Every operation, named as `POST /v1/challenges`. */
export function operationsOf(items: Document['paths']): Named[] {
  return Object.entries(items).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, Operation>)
      .filter(([method]) => method !== 'parameters')
      .map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
  );
}
