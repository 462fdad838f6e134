import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt, { type JWT } from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import Type, { type Static, type TObject } from 'typebox';
import { Check } from 'typebox/value';
import type { Challenge, ChallengeRef } from '../../domain/challenge/challenge.ts';
import { Problem } from '../../domain/problems.ts';
import {
  deriveKey,
  deriveSigningKey,
  type Secret,
  type SecretRing,
} from '../../domain/secrets/keys.ts';
import {
  commonClaims,
  type ResultClaims,
  ResultClaimsSchema,
  resultClaims,
  seconds,
} from './result-claims.ts';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    namespaces: string;
  }
}

const ChallengeClaims = Type.Object(commonClaims, { additionalProperties: false });

export type Tokens = {
  /** A token for one challenge only. */
  signChallenge(challenge: Challenge): string;
  /** @throws Problem `unauthenticated`, or `challenge-expired` for a token that has expired. */
  verifyChallenge(token: string): ChallengeRef;
  /** The same challenge always gives the same token. Null without an approval. */
  signResult(challenge: Challenge): string | null;
  /** @throws Problem `result-invalid`. */
  verifyResult(token: string): ResultClaims;
  /** The public keys for results (RFC 7517), the current one first. */
  jwks: { keys: JsonWebKey[] };
};

const audience = 'doublecheck/challenge';

// The store decides what has expired: a replica's clock may be wrong.
const clockTolerance = 120;

/** One signer and verifier for each secret and purpose, found by the token's `kid`. */
export async function buildTokens(
  app: FastifyInstance,
  { secrets, issuer }: { secrets: SecretRing; issuer: string },
): Promise<Tokens> {
  for (const secret of secrets) {
    await app.register(jwt, challengeOptions(secret, issuer));
    await app.register(jwt, resultOptions(secret, issuer));
  }
  const current = secrets[0].kid;
  const signer = (type: string) => app.jwt[`${type}:${current}`] as JWT;
  return {
    signChallenge: (challenge) => signer('challenge').sign(challengeClaims(challenge, issuer)),
    signResult(challenge) {
      const claims = resultClaims(challenge, issuer);
      return claims && signer('result').sign(claims);
    },
    verifyChallenge: (token) => readChallenge(app, token),
    verifyResult(token) {
      try {
        return verify(keyOf(app, 'result', token), token, ResultClaimsSchema);
      } catch (cause) {
        throw new Problem('result-invalid', { cause });
      }
    },
    jwks: { keys: secrets.map(publicJwk) },
  };
}

function challengeOptions(secret: Secret, issuer: string) {
  return {
    namespace: `challenge:${secret.kid}`,
    secret: deriveKey(secret, 'challenge-token'),
    sign: {
      algorithm: 'HS256' as const,
      kid: secret.kid,
      header: { alg: 'HS256', typ: 'challenge+jwt' },
    },
    verify: {
      algorithms: ['HS256' as const],
      allowedIss: issuer,
      allowedAud: audience,
      checkTyp: 'challenge+jwt',
      clockTolerance: clockTolerance * 1000,
      cache: false,
    },
  };
}

function resultOptions(secret: Secret, issuer: string) {
  const key = deriveSigningKey(secret);
  const publicKey = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
  return {
    namespace: `result:${secret.kid}`,
    secret: {
      private: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
      public: publicKey,
    },
    sign: {
      algorithm: 'EdDSA' as const,
      kid: secret.kid,
      header: { alg: 'EdDSA', typ: 'result+jwt' },
    },
    verify: {
      algorithms: ['EdDSA' as const],
      allowedIss: issuer,
      checkTyp: 'result+jwt',
      clockTolerance: clockTolerance * 1000,
      cache: false,
    },
  };
}

function challengeClaims(challenge: Challenge, iss: string) {
  return {
    iss,
    aud: audience,
    sub: challenge.userId,
    org: challenge.organizationId,
    cid: challenge.id,
    iat: seconds(challenge.createdAt),
    exp: Math.ceil(challenge.expiresAt / 1000),
  };
}

function readChallenge(app: FastifyInstance, token: string): ChallengeRef {
  try {
    const key = keyOf(app, 'challenge', token);
    const { sub, org, cid } = verify(key, token, ChallengeClaims);
    return { organizationId: org, userId: sub, id: cid };
  } catch (cause) {
    const expired = (cause as { code?: string }).code === 'FAST_JWT_EXPIRED';
    throw new Problem(expired ? 'challenge-expired' : 'unauthenticated', { cause });
  }
}

/** Signing again must give the same token: no other header, duplicate claim or encoding of the same bytes passes. */
function verify<Claims extends TObject>(key: JWT, token: string, shape: Claims): Static<Claims> {
  const claims = key.verify<Static<Claims>>(token);
  if (!Check(shape, claims)) throw new Error('claims that are not ours');
  if (key.sign(claims) !== token) throw new Error('not as we write it');
  return claims;
}

function keyOf(app: FastifyInstance, type: string, token: string): JWT {
  const [header = ''] = token.split('.', 1);
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString());
  const key = Object.hasOwn(app.jwt, `${type}:${kid}`) && app.jwt[`${type}:${kid}`];
  if (!key) throw new Error('signed with no key of ours');
  return key;
}

function publicJwk(secret: Secret): JsonWebKey {
  const jwk = createPublicKey(deriveSigningKey(secret)).export({ format: 'jwk' });
  return { ...jwk, kid: secret.kid, use: 'sig', alg: 'EdDSA' };
}
