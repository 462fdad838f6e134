import type { Challenge, ChallengeRef } from '../../domain/challenge/challenge.ts';
import { absentFields } from '../../domain/challenge/new-challenge.ts';
import type { Place, Sealing } from '../sealing.ts';

/** Fields with a full number or a push token: whoever reads the store learns neither. */
const sealed: ReadonlySet<string> = new Set<keyof Challenge>(['pending', 'device']);

/** How a challenge's fields are written into its hash, and read from it. */
export function challengeFields(sealing: Sealing) {
  const write = (ref: ChallengeRef, field: string, value: unknown) => {
    if (value === null) return '';
    const json = JSON.stringify(value);
    return sealed.has(field) ? JSON.stringify(sealing.seal(json, placeOf(ref, field))) : json;
  };
  const read = (ref: ChallengeRef, field: string, json: string) => {
    const value: unknown = JSON.parse(json);
    if (!sealed.has(field)) return value;
    return JSON.parse(sealing.open(String(value), placeOf(ref, field)));
  };
  return {
    /** Field, JSON, field, JSON, …, as the scripts take them; null becomes an empty string. */
    toPairs: (ref: ChallengeRef, fields: Partial<Challenge>): string[] =>
      Object.entries(fields).flatMap(([field, value]) => [field, write(ref, field, value)]),

    /** The challenge that a hash holds. */
    fromPairs(ref: ChallengeRef, pairs: string[]): Challenge {
      // A field that is null is not in the hash.
      const challenge: Record<string, unknown> = { ...absentFields };
      for (let i = 0; i < pairs.length; i += 2) {
        const field = String(pairs[i]);
        challenge[field] = read(ref, field, String(pairs[i + 1]));
      }
      return challenge as Challenge;
    },
  };
}

function placeOf({ organizationId, userId, id }: ChallengeRef, field: string): Place {
  return ['challenge', field, organizationId, userId, id];
}
