import buildCompiler from '@fastify/ajv-compiler';
import type { FastifySchemaCompiler } from 'fastify';

type Factory = ReturnType<typeof buildCompiler>;
type Validator = ReturnType<ReturnType<Factory>>;

/** Compiles the validator of an input when it is first used: all of them together delay the start. */
export function validatorsOnFirstUse(): Factory {
  const build = buildCompiler();
  return (schemas, options) => {
    const compile = build(schemas, options);
    return (route) => {
      let compiled: Validator | undefined;
      const validate: ReturnType<FastifySchemaCompiler<unknown>> = (input) => {
        compiled ??= compile(route);
        // None of our schemas is asynchronous.
        const valid = compiled(input) as boolean;
        validate.errors = compiled.errors ?? null;
        return valid;
      };
      return validate as Validator;
    };
  };
}
