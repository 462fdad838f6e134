import buildCompiler from '@fastify/ajv-compiler';
import { Ajv } from 'ajv';
import type { FastifySchemaCompiler } from 'fastify';
import type { Static, TSchema } from 'typebox';

type Factory = ReturnType<typeof buildCompiler>;
type Validator = ReturnType<ReturnType<Factory>>;

/** Compiles the validator of an input when it is first used: all of them together delay the start. */
export function validatorsOnFirstUse(): Factory {
  const build = buildCompiler();
  return (schemas, options) => {
    const compile = build(schemas, options);
    return (route) => onFirstUse(() => compile(route));
  };
}

/** Tells whether values match a schema. */
export function matcherOf<Schema extends TSchema>(schema: Schema) {
  const matches = onFirstUse(() => new Ajv().compile(schema));
  return (value: unknown): value is Static<Schema> => matches(value) === true;
}

function onFirstUse(compile: () => Validator): Validator {
  let compiled: Validator | undefined;
  const validate: ReturnType<FastifySchemaCompiler<unknown>> = (input) => {
    compiled ??= compile();
    // None of our schemas is asynchronous.
    const valid = compiled(input) as boolean;
    validate.errors = compiled.errors ?? null;
    return valid;
  };
  return validate as Validator;
}
