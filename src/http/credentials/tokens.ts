import type { JsonWebKey } from 'node:crypto';
import type { JWT } from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { Challenge, ChallengeRef } from '../../domain/challenge/challenge.ts';
import { type Mode, nameIn, shownName } from '../../domain/mode.ts';
import { Problem } from '../../domain/problems.ts';
import { isEqual } from '../../domain/secrets/is-equal.ts';
import type { SecretRing } from '../../domain/secrets/keys.ts';
import { second } from '../../domain/time.ts';
import { matcherOf } from '../schemas/validators.ts';
import {
  commonClaims,
  type ResultClaims,
  ResultClaimsSchema,
  resultClaims,
  seconds,
} from './result-claims.ts';
import {
  audience,
  clockTolerance,
  isSignedBy,
  type Keys,
  keyFor,
  openKeys,
  publicJwk,
  type ResultKey,
  type Signing,
} from './signing-keys.ts';

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

export async function buildTokens(
  app: FastifyInstance,
  { secrets, mode, ...options }: Signing & { secrets: SecretRing },
): Promise<Tokens> {
  const issuer = mode === 'test' ? `${options.issuer}/test` : options.issuer;
  const { challenges, results } = await openKeys(app, secrets, { mode, issuer });
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
    mayBeOurs: (token) => isSignedBy(challenges, token),
    jwks: { keys: secrets.map((secret) => publicJwk(secret, mode)) },
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

function readChallenge(keys: Keys<JWT>, token: string, mode: Mode): ChallengeRef {
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
function verifyChallenge(keys: Keys<JWT>, token: string): Static<typeof ChallengeClaims> {
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
function readResult(keys: Keys<ResultKey>, token: string, issuer: string): ResultClaims {
  const key = keyFor(keys, token);
  const [, payload = ''] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!isResult(claims) || claims.iss !== issuer) throw new Error('claims that are not ours');
  if (Date.now() > claims.exp * second + clockTolerance) throw new Error('over');
  if (!isEqual(key.signAgain(claims), token)) throw new Error('not as we write it');
  return claims;
}

function encode(content: string | Buffer): string {
  return Buffer.from(content as string).toString('base64url');
}
