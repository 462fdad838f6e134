import {
  type Challenge,
  type ChallengePatch,
  type ChallengeRef,
  strangersLane,
} from '../../domain/challenge/challenge.ts';
import { isFresh } from '../../domain/challenge/code-in-play.ts';
import { absentFields } from '../../domain/challenge/new-challenge.ts';
import type { Place, Sealing } from '../sealing.ts';

/** Fields with a full number or a push token. They are sealed against readers of the store. */
const secret: ReadonlySet<string> = new Set<keyof Challenge>(['pending', 'device']);

/** Fields that say what the user proved. They are sealed against forgery in the store. */
const proven: ReadonlySet<string> = new Set<keyof Challenge>([
  'verified',
  'codeProved',
  'approval',
]);

const isSealed = (field: string) => secret.has(field) || proven.has(field);

/** Writes the fields of a challenge into its hash, and reads them. */
export function challengeFields(sealing: Sealing) {
  const write = (ref: ChallengeRef, field: string, value: unknown) => {
    if (value === null) return '';
    const json = JSON.stringify(value);
    return isSealed(field) ? JSON.stringify(sealing.seal(json, placeOf(ref, field))) : json;
  };
  const read = (ref: ChallengeRef, field: string, json: string) => {
    const value: unknown = JSON.parse(json);
    if (!isSealed(field)) return value;
    try {
      return JSON.parse(sealing.open(String(value), placeOf(ref, field)));
    } catch (error) {
      // Not sealed by us, so it proves nothing.
      if (proven.has(field)) return null;
      throw error;
    }
  };
  return {
    /**
     * Field, JSON, field, JSON, …, as the scripts take them; null becomes an empty string. A fresh code is not
     * among them: see {@link freshCode}.
     *
     * @param before what is stored. A field that was null is not in the hash, so one that stays null is left out.
     */
    toPairs(ref: ChallengeRef, fields: ChallengePatch, before: Partial<Challenge> = {}): string[] {
      const pairs: string[] = [];
      for (const field of Object.keys(fields) as (keyof ChallengePatch)[]) {
        const value = fields[field];
        const staysNull = value === null && (before[field] ?? null) === null;
        const isStamped = field === 'code' && fields.code && isFresh(fields.code);
        if (!staysNull && !isStamped) pairs.push(field, write(ref, field, value));
      }
      return pairs;
    },

    /** The challenge in a hash. */
    fromPairs(ref: ChallengeRef, pairs: string[]): Challenge {
      // A field that is null is not in the hash.
      const challenge: Record<string, unknown> = { ...absentFields, lane: strangersLane };
      for (let i = 0; i < pairs.length; i += 2) {
        const field = String(pairs[i]);
        if (field.startsWith('look:')) continue;
        challenge[field] = read(ref, field, String(pairs[i + 1]));
      }
      return challenge as Challenge;
    },
  };
}

/** Whose challenge is in a hash. */
export function refIn(pairs: string[]): ChallengeRef {
  const [organizationId, userId, id] = ['organizationId', 'userId', 'id'].map((field) => {
    const at = pairs.findIndex((pair, index) => index % 2 === 0 && pair === field);
    return String(JSON.parse(pairs[at + 1] ?? '""'));
  }) as [string, string, string];
  return { organizationId, userId, id };
}

/** A fresh code as `stamped` in common.lua takes it: JSON without its end, and what its times follow from. */
export function freshCode(code: ChallengePatch['code']): [string, number, number] {
  if (!code || !isFresh(code)) return ['', 0, 0];
  const { lifeMs, resendAfterMs, ...fields } = code;
  return [JSON.stringify(fields).slice(0, -1), lifeMs, resendAfterMs];
}

function placeOf({ organizationId, userId, id }: ChallengeRef, field: string): Place {
  return ['challenge', field, organizationId, userId, id];
}
