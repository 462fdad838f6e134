import type { Challenge } from '../../domain/challenge.ts';

type Nullable = {
  [Field in keyof Challenge]: null extends Challenge[Field] ? Field : never;
}[keyof Challenge];

/** A field that is null is not in the hash. */
const absent: Record<Nullable, null> = {
  appVersion: null,
  address: null,
  device: null,
  pending: null,
  code: null,
  verified: null,
  outcome: null,
  minimumVersion: null,
  approval: null,
};

/** Field, JSON, field, JSON, …, as the scripts take them; null becomes an empty string. */
export function toPairs(fields: Partial<Challenge>): string[] {
  return Object.entries(fields).flatMap(([field, value]) => [
    field,
    value === null ? '' : JSON.stringify(value),
  ]);
}

/** The challenge that a hash holds. */
export function fromPairs(pairs: string[]): Challenge {
  const challenge: Record<string, unknown> = { ...absent };
  for (let i = 0; i < pairs.length; i += 2) {
    challenge[String(pairs[i])] = JSON.parse(String(pairs[i + 1]));
  }
  return challenge as Challenge;
}
