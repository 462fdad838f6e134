import Type, { type TSchema } from 'typebox';
import { factorKinds } from '../domain/factors/index.ts';
import type { FactorInput } from '../domain/login/add-factor.ts';

/** What sets up a factor: one alternative for each kind, told apart by `method`. */
export const FactorInputSchema = Type.Unsafe<FactorInput>({
  type: 'object',
  required: ['method'],
  discriminator: { propertyName: 'method' },
  oneOf: factorKinds.map(({ method, input }) => alternative(method, input)),
});

function alternative(method: string, input: Record<string, TSchema>) {
  const properties = { method: { type: 'string', const: method }, ...input };
  return Type.Object(properties as Record<string, TSchema>, { additionalProperties: false });
}
