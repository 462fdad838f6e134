import Type, { type Static } from 'typebox';
import type { Challenge } from '../../domain/challenge/challenge.ts';

const Text = Type.String({ minLength: 1 });
// Up to the year 9999, the last one in RFC 3339.
const Seconds = Type.Integer({
  minimum: 0,
  maximum: 253_402_300_799,
  description: 'Seconds since 1970.',
});

const text = (description: string) => Type.String({ minLength: 1, description });

/** Claims of both challenge and result tokens (RFC 7519). */
export const commonClaims = {
  iss: Text,
  aud: text('The client that the result was issued for.'),
  sub: text('The user id.'),
  org: text('The organization id.'),
  cid: text('The challenge id.'),
  iat: Seconds,
  exp: Seconds,
};

/** Claims of a result (RFC 7519, RFC 8176, OpenID Connect's `auth_time`). */
export const ResultClaimsSchema = Type.Object(
  {
    ...commonClaims,
    purpose: text('What the challenge was for: `login` or `step-up`.'),
    app: Text,
    jti: Text,
    auth_time: Seconds,
    amr: Type.Array(Text, {
      description:
        'RFC 8176. `["pwd"]` when no second factor was asked, else with `mfa`, `otp` and, for a ' +
        'call, `tel`.',
    }),
  },
  { additionalProperties: false },
);

export type ResultClaims = Static<typeof ResultClaimsSchema>;

/** Null without an approval, or for a purpose without a result. */
export function resultClaims(challenge: Challenge, iss: string): ResultClaims | null {
  const { approval } = challenge;
  if (!approval?.resultId) return null;
  return {
    iss,
    aud: challenge.client,
    sub: challenge.userId,
    org: challenge.organizationId,
    cid: challenge.id,
    purpose: challenge.purpose,
    app: challenge.app,
    jti: approval.resultId,
    iat: seconds(approval.at),
    exp: seconds(approval.resultExpiresAt),
    auth_time: seconds(approval.at),
    amr: approval.amr,
  };
}

/** Times in tokens are whole seconds. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
