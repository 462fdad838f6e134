import type { FastifyError } from 'fastify';
import { isCountry } from '../../domain/factors/country.ts';
import { Problem } from '../../domain/problems.ts';
import { isNormal } from '../schemas/fields.ts';

/** No value is converted, dropped or filled in. */
export const ajvOptions = {
  coerceTypes: false,
  removeAdditional: false,
  allErrors: true,
  // Errors know the schema that they are about.
  verbose: true,
  discriminator: true,
  allowUnionTypes: true,
  formats: { nfc: isNormal, country: isCountry },
} as const;

/** The error for a text that does not match a format of ours. */
const formatDetails: Record<string, string> = {
  nfc: 'must be in Unicode normalization form C (NFC)',
  country: 'must be an ISO 3166-1 code of one country, such as NL; the United Kingdom is GB',
};

type FieldError = NonNullable<FastifyError['validation']>[number] & {
  parentSchema?: { properties?: object };
};

// A body of 16 KiB can have thousands of unknown fields. The first few are enough.
const maxErrors = 10;

export function invalidRequest(validation: FieldError[]): Problem {
  return new Problem('invalid-request', { errors: fieldErrors(validation) });
}

/** Names each refused field, without its content. */
export function fieldErrors(validation: FieldError[]) {
  // Report two broken rules of one field as one error.
  const byPointer = new Map(
    validation
      .map(fieldError)
      .reverse()
      .map((one) => [one.pointer, one]),
  );
  return [...byPointer.values()].reverse().slice(0, maxErrors);
}

function fieldError({ instancePath, keyword, params, message, parentSchema }: FieldError) {
  if (keyword === 'required')
    return { pointer: `${instancePath}/${params['missingProperty']}`, detail: 'is missing' };
  if (keyword === 'minProperties') {
    const [first = ''] = Object.keys(parentSchema?.properties ?? {});
    return { pointer: `${instancePath}/${first}`, detail: 'is missing' };
  }
  if (keyword === 'additionalProperties') {
    const name = escapePointer(String(params['additionalProperty']));
    return { pointer: `${instancePath}/${name}`, detail: 'is not known' };
  }
  if (keyword === 'discriminator')
    return { pointer: `${instancePath}/${params['tag']}`, detail: 'is none of those described' };
  const ours = keyword === 'format' && formatDetails[String(params['format'])];
  if (ours) return { pointer: instancePath, detail: ours };
  return { pointer: instancePath, detail: message ?? 'is not as described' };
}

/** RFC 6901, section 3. Cut short, because the caller chose the name. */
function escapePointer(name: string): string {
  return name.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1');
}
