import Type, { type Static } from 'typebox';
import type { Challenge } from '../../domain/challenge/challenge.ts';
import { shownName } from '../../domain/mode.ts';

// Up to the year 9999, the last one in RFC 3339.
const seconds1970 = (description: string, example: number) =>
  Type.Integer({
    minimum: 0,
    maximum: 253_402_300_799,
    description: `${description} In seconds since 1970.`,
    examples: [example],
  });

const text = (description: string, example: string) =>
  Type.String({ minLength: 1, description, examples: [example] });

/** Claims of both challenge and result tokens (RFC 7519). */
export const commonClaims = {
  iss: text('The service, as its setting `ISSUER` names it.', 'https://2fa.example.com'),
  aud: text('The client that the result was issued for.', 'company-panel'),
  sub: text('The user id.', '42'),
  org: text('The organization id.', 'acme'),
  cid: text('The challenge id.', '9a5b7c39-3a0f-4f0e-b1f2-6d1c0d9b8e11'),
  iat: seconds1970('When it was issued.', 1_803_891_620),
  exp: seconds1970('When it expires.', 1_803_891_680),
};

/** Claims of a result (RFC 7519, RFC 8176, OpenID Connect's `auth_time`). */
export const ResultClaimsSchema = Type.Object(
  {
    ...commonClaims,
    purpose: text('What the challenge was for: `login` or `step-up`.', 'login'),
    app: text('What the user signs in to.', 'company-panel'),
    jti: text('The id of this result.', '565dc336-0f0c-4a53-9d0a-4f7a3fd0c1b2'),
    auth_time: seconds1970('When the user proved who they are.', 1_803_891_620),
    amr: Type.Array(Type.String({ minLength: 1 }), {
      description:
        'RFC 8176. `["pwd"]` when no second factor was asked, else with `mfa`, `otp` and, for a ' +
        'call, `tel`.',
      examples: [['pwd', 'mfa', 'otp', 'tel']],
    }),
    known_device: Type.Optional(
      Type.Boolean({ description: 'No code was asked for, since the device is known.' }),
    ),
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
    aud: shownName(challenge.client),
    sub: challenge.userId,
    org: shownName(challenge.organizationId),
    cid: challenge.id,
    purpose: challenge.purpose,
    app: challenge.app,
    jti: approval.resultId,
    iat: seconds(approval.at),
    exp: seconds(approval.resultExpiresAt),
    auth_time: seconds(approval.at),
    amr: approval.amr,
    ...(approval.knownDevice && { known_device: true }),
  };
}

/** Times in tokens are whole seconds. */
export function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
