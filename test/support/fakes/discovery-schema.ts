type Discovery = { [key: string]: unknown };
type Schema = { [key: string]: unknown };

/**
 * ConnectionLog the schemas of a Google discovery document into JSON Schema definitions in which nothing
 * undeclared may be present.
 */
export function jsonSchemasOf(schemas: Record<string, Discovery>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(schemas).map(([name, each]) => [name, schemaOf(each)]));
}

function schemaOf({
  $ref,
  type,
  format,
  properties,
  additionalProperties,
  items,
  ...rest
}: Discovery): Schema {
  if (typeof $ref === 'string') return { $ref: `#/definitions/${$ref}` };
  if (type === 'any') return {};
  if (type === 'array') return { type, items: schemaOf(items as Discovery) };
  if (type === 'object') {
    return {
      type,
      properties: propertiesOf((properties ?? {}) as Record<string, Discovery>),
      additionalProperties: additionalProperties
        ? schemaOf(additionalProperties as Discovery)
        : false,
    };
  }
  return { type, ...patternOf(format), ...enumOf(rest['enum']) };
}

/** Google reads a field under its camelCase name and under the snake_case one of its protobuf. */
function propertiesOf(properties: Record<string, Discovery>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) => {
      const schema = schemaOf(property);
      return [name, name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)].map(
        (spelling) => [spelling, schema] as const,
      );
    }),
  );
}

function patternOf(format: unknown): Schema {
  return format === 'google-duration' ? { pattern: '^\\d+(\\.\\d{1,9})?s$' } : {};
}

/** Listed in capitals, described and sent in lower case. */
function enumOf(values: unknown): Schema {
  if (!Array.isArray(values)) return {};
  return { enum: values.flatMap((value: string) => [value, value.toLowerCase()]) };
}
