import { createHmac, createPublicKey, randomBytes, sign } from 'node:crypto';
import {
  deriveKey,
  deriveSigningKey,
  type Purpose,
  type Secret,
} from '../../src/domain/secrets/keys.ts';

/** Tokens that are not quite ours, made with more knowledge than any attacker has: our keys. */

type Json = Record<string, unknown>;

export type TokenKind = 'challenge' | 'result';

/** A good token in its parts, and the secrets that it may be forged with. */
export type Good = {
  kind: TokenKind;
  token: string;
  header: Json & { kid: string };
  claims: Json;
  /** The one it was signed with. */
  own: Secret;
  /** One that was in the ring once, and is no more. */
  rotatedOut: Secret;
};

type Sealing = {
  header?: Json | string;
  claims?: Json | string;
  secret?: Secret;
  /** What makes the signature of the input; the right one by default. */
  seal?: (input: string, secret: Secret) => string;
};

export function take(
  kind: TokenKind,
  token: string,
  secrets: { own: Secret; rotatedOut: Secret },
): Good {
  const [header, claims] = token.split('.').slice(0, 2).map(decode);
  return { kind, token, header, claims, ...secrets } as Good;
}

/** A token that only differs in what is named, and is signed again with the right key. */
export function resign(good: Good, changes: Sealing): string {
  const { header = good.header, claims = good.claims, secret = good.own } = changes;
  const input = [header, claims].map(encode).join('.');
  const seal = changes.seal ?? seals[good.kind];
  return `${input}.${seal(input, secret)}`;
}

/** A token with another header or other claims, and the signature as it was. */
export function keepSignature(good: Good, { header, claims }: Sealing): string {
  const [oldHeader, oldClaims, sealed] = good.token.split('.');
  return [header ? encode(header) : oldHeader, claims ? encode(claims) : oldClaims, sealed].join(
    '.',
  );
}

type Change = Json | ((good: Good) => Json);

const changeOf = (change: Change, good: Good) =>
  typeof change === 'function' ? change(good) : change;

/** What was done to a good token. */
export type Forgery = [name: string, forge: (good: Good) => string];

type Forge = Forgery[1];

/** Header members changed; undefined takes one away. */
export const header =
  (change: Change): Forge =>
  (good) =>
    resign(good, { header: { ...good.header, ...changeOf(change, good) } });

/** Claims changed; undefined takes one away. */
export const claims =
  (change: Change): Forge =>
  (good) =>
    resign(good, { claims: { ...good.claims, ...changeOf(change, good) } });

/** A header written by hand. */
export const headerText =
  (write: (good: Good) => string): Forge =>
  (good) =>
    resign(good, { header: write(good) });

/** Claims written by hand. */
export const claimsText =
  (write: (good: Good) => string): Forge =>
  (good) =>
    resign(good, { claims: write(good) });

/** Another algorithm, and a signature made with it. */
export const alg =
  (name: string, seal: NonNullable<Sealing['seal']>): Forge =>
  (good) =>
    resign(good, { header: { ...good.header, alg: name }, seal });

export const signature =
  (change: (signature: string) => string): Forge =>
  ({ token }) => {
    const dot = token.lastIndexOf('.') + 1;
    return token.slice(0, dot) + change(token.slice(dot));
  };

/** The text of an object with one member written once more, before or after the others. */
export function twice(part: object, member: string, where: 'before' | 'after'): string {
  const text = JSON.stringify(part);
  return where === 'before' ? `{${member},${text.slice(1)}` : `${text.slice(0, -1)},${member}}`;
}

/** An attacker who makes tokens as the service does, with their own secret. */
export const stranger: Secret = { kid: 'stranger', bytes: randomBytes(32) };

export const hmac =
  (algorithm: string, purpose: Purpose = 'challenge-token') =>
  (input: string, secret: Secret) =>
    createHmac(algorithm, deriveKey(secret, purpose)).update(input).digest('base64url');

export const underived = (input: string, { bytes }: Secret) =>
  createHmac('sha256', bytes).update(input).digest('base64url');

export const ed25519 = (input: string, secret: Secret) =>
  sign(null, Buffer.from(input), deriveSigningKey(secret)).toString('base64url');

/** The classic confusion: the public key, which everybody has, taken as a secret. */
export const hmacWithPublicKey = (format: 'pem' | 'jwk') => (input: string, secret: Secret) => {
  const key = createPublicKey(deriveSigningKey(secret));
  const text =
    format === 'pem'
      ? key.export({ format: 'pem', type: 'spki' }).toString()
      : String(key.export({ format: 'jwk' }).x);
  return createHmac('sha256', text).update(input).digest('base64url');
};

const seals = { challenge: hmac('sha256'), result: ed25519 };

/** The public half of a key of the forger's own, as a header can carry it. */
export function publicJwk(secret: Secret): Json {
  return { ...createPublicKey(deriveSigningKey(secret)).export({ format: 'jwk' }) };
}

/** The same bytes in base64url, written with other unused bits in the last character. */
export function respell(segment: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(segment.slice(-1));
  const other = segment.slice(0, -1) + alphabet[last + 1];
  if (!Buffer.from(other, 'base64url').equals(Buffer.from(segment, 'base64url')))
    throw new Error('this segment has one spelling');
  return other;
}

/** One character of a text made another. */
export function flip(text: string, at: number): string {
  const index = at < 0 ? text.length + at : at;
  const other = text[index] === 'Q' ? 'g' : 'Q';
  return text.slice(0, index) + other + text.slice(index + 1);
}

export function encode(part: Json | string): string {
  return Buffer.from(typeof part === 'string' ? part : JSON.stringify(part)).toString('base64url');
}

function decode(segment: string): Json {
  return JSON.parse(Buffer.from(segment, 'base64url').toString());
}
