import { createRemoteJWKSet, jwtVerify } from 'jose';

/** Checks who signed a result, and for whom. It does not use the result up: redeem it as well. */
export function offlineVerifier({
  url,
  issuer,
  client,
}: Record<'url' | 'issuer' | 'client', string>) {
  // Keeps the keys for ten minutes, and asks again for a `kid` that is new: keys can be rotated.
  const keys = createRemoteJWKSet(new URL(`${url}/.well-known/jwks.json`));
  return async (token: string) => {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['EdDSA'],
      typ: 'result+jwt',
      issuer,
      audience: client,
      requiredClaims: ['sub', 'org', 'cid', 'purpose', 'jti', 'exp'],
    });
    return payload;
  };
}
