import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { components, operations } from './generated/api.ts';
import type { Options, Transport } from './transport.ts';

type Body<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { 'application/json': infer Json } } };
}
  ? Json
  : never;

/** The claims of a result, and the token of a known device to keep. */
export type RedeemedResult = Body<'redeemResult'>;

export type ResultClaims = Omit<RedeemedResult, 'knownDevice'>;

/** What the backend itself started: a result of anything else lets nobody in. */
export type Expected = {
  organizationId: string;
  userId: string;
  challengeId: string;
  purpose?: 'login' | 'step-up';
};

/** The result is real, but of another user, organization, challenge or purpose. */
export class ResultMismatchError extends Error {
  override readonly name = 'ResultMismatchError';
}

export type VerifyOptions = {
  /** The service's `ISSUER`; its `url` by default. */
  issuer?: string;
  /** The name of this client, as `clients create` got it. */
  client: string;
};

export type RedeemOptions = {
  idempotencyKey?: string;
  /** By default what the user ticked, and true on a known device. */
  rememberDevice?: boolean;
};

export function results(transport: Transport, { url, apiKey }: Options) {
  const base = url.replace(/\/+$/, '');
  const mode = apiKey.startsWith('dct_') ? '/test' : '';
  const keys = createRemoteJWKSet(new URL(`${base}${mode}/.well-known/jwks.json`));
  return {
    /** Redeems a result: once, and only for what was started. */
    async redeem(
      token: string,
      expected: Expected,
      { idempotencyKey, rememberDevice }: RedeemOptions = {},
    ): Promise<RedeemedResult> {
      const purpose = expected.purpose ?? 'login';
      const body = { token, purpose, rememberDevice };
      const call = { method: 'POST', path: '/v1/results/redeem', takesKey: true } as const;
      const answer = await transport({ ...call, body, idempotencyKey });
      return requireExpected(answer.body as RedeemedResult, expected);
    },

    /** Checks a result without the service, beside redeeming it and never in its place: only redeeming is once. */
    async verify(
      token: string,
      expected: Expected,
      { issuer = base, client }: VerifyOptions,
    ): Promise<ResultClaims> {
      const { payload } = await jwtVerify<ResultClaims>(token, keys, {
        algorithms: ['EdDSA'],
        typ: 'result+jwt',
        issuer: `${issuer}${mode}`,
        audience: client,
        requiredClaims: ['sub', 'org', 'cid', 'purpose', 'amr', 'iat', 'exp', 'jti'],
        clockTolerance: 5,
      });
      return requireExpected(payload as ResultClaims, expected);
    },
  };
}

function requireExpected<Claims extends ResultClaims>(claims: Claims, expected: Expected): Claims {
  const { organizationId, userId, challengeId, purpose = 'login' } = expected;
  const same =
    claims.org === organizationId &&
    claims.sub === userId &&
    claims.cid === challengeId &&
    claims.purpose === purpose;
  if (!same) throw new ResultMismatchError('The result is of another login');
  return claims;
}

export type Challenge = components['schemas']['Challenge'];
