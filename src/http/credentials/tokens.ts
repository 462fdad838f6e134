import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt, { type JWT } from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Challenge, ChallengeRef } from '../../domain/challenge/challenge.ts';
import { type Mode, nameIn, shownName } from '../../domain/mode.ts';
import { Problem } from '../../domain/problems.ts';
import { isEqual } from '../../domain/secrets/is-equal.ts';
import {
  deriveBytes,
  deriveSigningKey,
  type Purpose,
  type Secret,
  type SecretRing,
} from '../../domain/secrets/keys.ts';
import { minute, second } from '../../domain/time.ts';
import { matcherOf } from '../schemas/validators.ts';
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
const isChallenge = matcherOf(ChallengeClaims);
const isResult = matcherOf(ResultClaimsSchema);

export type Tokens = {
  /** A token for one challenge only. */
  signChallenge(challenge: Challenge): string;
  /** @throws Problem `unauthenticated`, or `challenge-expired` for a token that has expired. */
  verifyChallenge(token: string): ChallengeRef;
  /** The same challenge always gives the same token. Null without an approval. */
  signResult(challenge: Challenge): string | null;
  /** @throws Problem `result-invalid`. */
  verifyResult(token: string): ResultClaims;
  /** Whether a challenge token may be of this mode. The signature is not checked. */
  mayBeOurs(token: string): boolean;
  /** The public keys for results (RFC 7517), the current one first. */
  jwks: { keys: JsonWebKey[] };
};

const audience = 'doublecheck/challenge';

/** A mode signs with its own keys, and its tokens name it: they mean nothing to the other. */
type Signing = { mode: Mode; issuer: string };

// The store decides what has expired: a replica's clock may be wrong.
const clockTolerance = 2 * minute;

/** One signer and verifier for each secret and purpose. */
export async function buildTokens(
  app: FastifyInstance,
  { secrets, mode, ...options }: Signing & { secrets: SecretRing },
): Promise<Tokens> {
  const issuer = mode === 'test' ? `${options.issuer}/test` : options.issuer;
  const signing = { mode, issuer };
  for (const secret of secrets) {
    await app.register(jwt, challengeOptions(secret, signing));
    await app.register(jwt, resultOptions(secret, mode));
  }
  const challenges = keysOf(app, `${mode}:challenge`, secrets);
  const results = keysOf(app, `${mode}:result`, secrets);
  return {
    signChallenge: (challenge) => challenges.current.sign(challengeClaims(challenge, issuer)),
    signResult(challenge) {
      const claims = resultClaims(challenge, issuer);
      return claims && results.current.sign(claims);
    },
    verifyChallenge: (token) => readChallenge(challenges, token, mode),
    verifyResult(token) {
      try {
        return readResult(results, token, issuer);
      } catch (cause) {
        throw new Problem('result-invalid', { cause });
      }
    },
    mayBeOurs: (token) => challenges.byHeader.has(headerOf(token)),
    jwks: { keys: secrets.map((secret) => publicJwk(secret, mode)) },
  };
}

/** Keys of one purpose, by the header of the tokens that they sign. */
type Keys = { current: JWT; byHeader: ReadonlyMap<string, JWT> };

function keysOf(app: FastifyInstance, type: string, secrets: SecretRing): Keys {
  const keyOf = ({ kid }: Secret) => app.jwt[`${type}:${kid}`] as JWT;
  const byHeader = new Map(secrets.map(keyOf).map((key) => [headerOf(key.sign({})), key]));
  return { current: keyOf(secrets[0]), byHeader };
}

const headerOf = (token: string) => token.split('.', 1)[0] ?? '';

function purposeIn(mode: Mode, purpose: 'challenge-token' | 'result-token'): Purpose {
  return mode === 'test' ? `test ${purpose}` : purpose;
}

/** As both JWKS and tokens have it. */
const kidIn = (mode: Mode, { kid }: Secret) => (mode === 'test' ? `test-${kid}` : kid);

function challengeOptions(secret: Secret, { mode, issuer }: Signing) {
  const typ = mode === 'test' ? 'test-challenge+jwt' : 'challenge+jwt';
  return {
    namespace: `${mode}:challenge:${secret.kid}`,
    secret: deriveBytes(secret, purposeIn(mode, 'challenge-token')),
    sign: {
      algorithm: 'HS256' as const,
      kid: secret.kid,
      header: { alg: 'HS256', typ },
    },
    verify: {
      algorithms: ['HS256' as const],
      allowedIss: issuer,
      allowedAud: audience,
      checkTyp: typ,
      clockTolerance,
      cache: false,
    },
  };
}

function resultOptions(secret: Secret, mode: Mode) {
  const key = deriveSigningKey(secret, purposeIn(mode, 'result-token'));
  const publicKey = createPublicKey(key).export({ format: 'pem', type: 'spki' }).toString();
  return {
    namespace: `${mode}:result:${secret.kid}`,
    secret: {
      private: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
      public: publicKey,
    },
    sign: {
      algorithm: 'EdDSA' as const,
      kid: kidIn(mode, secret),
      header: { alg: 'EdDSA', typ: 'result+jwt' },
    },
  };
}

function challengeClaims(challenge: Challenge, iss: string) {
  return {
    iss,
    aud: audience,
    sub: challenge.userId,
    org: shownName(challenge.organizationId),
    cid: challenge.id,
    iat: seconds(challenge.createdAt),
    exp: Math.ceil(challenge.expiresAt / 1000),
  };
}

function readChallenge(keys: Keys, token: string, mode: Mode): ChallengeRef {
  try {
    const { sub, org, cid } = verifyChallenge(keys, token);
    return { organizationId: nameIn(mode, org), userId: sub, id: cid };
  } catch (cause) {
    const expired = (cause as { code?: string }).code === 'FAST_JWT_EXPIRED';
    throw new Problem(expired ? 'challenge-expired' : 'unauthenticated', { cause });
  }
}

/**
 * Accepts a token only in the form that we write. This refuses other headers, duplicate claims and
 * other encodings of the same bytes.
 */
function verifyChallenge(keys: Keys, token: string): Static<typeof ChallengeClaims> {
  const claims: unknown = keyFor(keys, token).verify(token);
  if (!isChallenge(claims)) throw new Error('claims that are not ours');
  const [, payload = '', signature = ''] = token.split('.');
  const written = encode(JSON.stringify(claims));
  if (payload !== written || signature !== encode(Buffer.from(signature, 'base64url')))
    throw new Error('not as we write it');
  return claims;
}

/**
 * The same for a result, which is signed again: Ed25519 (RFC 8032) has one signature for a text, and
 * takes three times as long to verify one as to make it.
 */
function readResult(keys: Keys, token: string, issuer: string): ResultClaims {
  const key = keyFor(keys, token);
  const [, payload = ''] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!isResult(claims) || claims.iss !== issuer) throw new Error('claims that are not ours');
  if (Date.now() > claims.exp * second + clockTolerance) throw new Error('over');
  if (!isEqual(key.sign(claims), token)) throw new Error('not as we write it');
  return claims;
}

function keyFor({ byHeader }: Keys, token: string): JWT {
  const key = byHeader.get(headerOf(token));
  if (!key) throw new Error('signed with no key of ours');
  return key;
}

function encode(content: string | Buffer): string {
  return Buffer.from(content as string).toString('base64url');
}

function publicJwk(secret: Secret, mode: Mode): JsonWebKey {
  const key = deriveSigningKey(secret, purposeIn(mode, 'result-token'));
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  return { ...jwk, kid: kidIn(mode, secret), use: 'sig', alg: 'EdDSA' };
}
