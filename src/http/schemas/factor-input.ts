import Type, { type TSchema } from 'typebox';
import { factorKinds } from '../../domain/factors/index.ts';
import type { FactorKind } from '../../domain/factors/kind.ts';
import type { FactorInput } from '../../domain/login/add-factor.ts';

/** The input for a new factor: one alternative for each kind, chosen by `method`. */
export const FactorInputSchema = Type.Unsafe<FactorInput>({
  type: 'object',
  required: ['method'],
  discriminator: { propertyName: 'method' },
  description: 'What to set up.',
  examples: factorKinds.map(exampleOf),
  oneOf: factorKinds.map(({ method, input }) => alternative(method, input)),
});

function exampleOf({ method, input }: FactorKind): object {
  const entered = Object.entries(input).map(([name, schema]) => [name, firstExample(schema)]);
  return { method, ...Object.fromEntries(entered) };
}

function firstExample({ examples }: { examples?: unknown[] }): unknown {
  return examples?.[0];
}

function alternative(method: string, input: Record<string, TSchema>) {
  const properties = {
    method: { type: 'string', const: method, description: 'How codes are delivered.' },
    ...input,
  };
  return Type.Object(properties as Record<string, TSchema>, { additionalProperties: false });
}
