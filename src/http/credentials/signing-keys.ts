import { createPublicKey, type JsonWebKey } from 'node:crypto';
import jwt, { type JWT } from '@fastify/jwt';
import type { FastifyInstance } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { Mode } from '../../domain/mode.ts';
import {
  deriveBytes,
  deriveSigningKey,
  type Purpose,
  type Secret,
  type SecretRing,
} from '../../domain/secrets/keys.ts';
import { minute } from '../../domain/time.ts';
import type { ResultClaims } from './result-claims.ts';

declare module '@fastify/jwt' {
  interface FastifyJWT {
    namespaces: string;
  }
}

/** Of challenge tokens. */
export const audience = 'doublecheck/challenge';

// The store decides what has expired: a replica's clock may be wrong.
export const clockTolerance = 2 * minute;

/** A mode signs with its own keys, and its tokens name it: they mean nothing to the other. */
export type Signing = { mode: Mode; issuer: string };

/** One signer and verifier for each secret and purpose. */
export async function openKeys(
  app: FastifyInstance,
  secrets: SecretRing,
  signing: Signing,
): Promise<{ challenges: Keys<JWT>; results: Keys<ResultKey> }> {
  const { mode } = signing;
  for (const secret of secrets) {
    await app.register(jwt, challengeOptions(secret, signing));
    await app.register(jwt, resultOptions(secret, mode));
  }
  return {
    challenges: keysOf(app, `${mode}:challenge`, secrets, (key) => key),
    results: keysOf(app, `${mode}:result`, secrets, resultKey),
  };
}

/** Keys of one purpose, by the header of the tokens that they sign. */
export type Keys<Key> = { current: Key; byHeader: ReadonlyMap<string, Key> };

function keysOf<Key>(
  app: FastifyInstance,
  type: string,
  secrets: SecretRing,
  keyOf: (jwt: JWT) => Key,
): Keys<Key> {
  const keys = secrets.map(({ kid }) => {
    const jwt = app.jwt[`${type}:${kid}`] as JWT;
    return [headerOf(jwt.sign({})), keyOf(jwt)] as const;
  }) as [readonly [string, Key], ...(readonly [string, Key])[]];
  return { current: keys[0][1], byHeader: new Map(keys) };
}

export type ResultKey = {
  /** Remembers the token: a replica often redeems what it has just signed. */
  sign(claims: ResultClaims): string;
  /** The token of claims that somebody presents. They may be anybody's, so it is not remembered. */
  signAgain(claims: ResultClaims): string;
};

/** To sign takes longer than anything else in a login. */
function resultKey(key: JWT): ResultKey {
  const signed = new LRUCache<string, string>({ max: 1_000 });
  const tokenOf = (text: string, claims: ResultClaims) => signed.get(text) ?? key.sign(claims);
  return {
    sign(claims) {
      const text = JSON.stringify(claims);
      const token = tokenOf(text, claims);
      signed.set(text, token);
      return token;
    },
    signAgain: (claims) => tokenOf(JSON.stringify(claims), claims),
  };
}

export function isSignedBy({ byHeader }: Keys<unknown>, token: string): boolean {
  return byHeader.has(headerOf(token));
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

/** @throws when the header of the token is not one of ours. The signature is not checked. */
export function keyFor<Key>({ byHeader }: Keys<Key>, token: string): Key {
  const key = byHeader.get(headerOf(token));
  if (!key) throw new Error('signed with no key of ours');
  return key;
}

/** For results (RFC 7517). */
export function publicJwk(secret: Secret, mode: Mode): JsonWebKey {
  const key = deriveSigningKey(secret, purposeIn(mode, 'result-token'));
  const jwk = createPublicKey(key).export({ format: 'jwk' });
  return { ...jwk, kid: kidIn(mode, secret), use: 'sig', alg: 'EdDSA' };
}
