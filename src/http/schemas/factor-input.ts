import Type, { type TSchema } from 'typebox';
import { factorKinds } from '../../domain/factors/index.ts';
import type { FactorInput } from '../../domain/login/add-factor.ts';

/** The input for a new factor: one alternative for each kind, chosen by `method`. */
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
