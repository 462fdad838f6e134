import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isCountry } from '../../src/domain/factors/country.ts';
import { isNormal } from '../../src/http/schemas/fields.ts';
import type { Document, Schema } from './document.ts';

/** What is wrong with a value by a schema of the document. Null when nothing is. */
export type Validate = (schema: Schema, value: unknown) => string | null;

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export function validatorFor(document: Document): Validate {
  const formats = {
    nfc: isNormal,
    country: isCountry,
    'date-time': (text: string) => rfc3339.test(text),
  };
  const ajv = new Ajv2020({ strict: false, formats });
  ajv.addSchema({ $id: 'api', components: { schemas: document.components.schemas } });
  const compiled = new Map<string, ValidateFunction>();
  return (schema, value) => {
    const anchored = JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/');
    const matches = compiled.get(anchored) ?? ajv.compile(JSON.parse(anchored));
    compiled.set(anchored, matches);
    return matches(value) ? null : ajv.errorsText(matches.errors);
  };
}
