import { forgedClaims } from './forged-claims.ts';
import { forgedAlgorithms, forgedHeaders } from './forged-headers.ts';
import {
  encode,
  type Forgery,
  flip,
  type Good,
  hmac,
  resign,
  respell,
  signature,
  stranger,
  underived,
} from './token-forgery.ts';

const seg = (good: Good) => good.token.split('.') as [string, string, string];

const signatures: Forgery[] = [
  ['first character of the signature changed', signature((s) => flip(s, 0))],
  ['a middle character of the signature changed', signature((s) => flip(s, s.length >> 1))],
  ['last but one character of the signature changed', signature((s) => flip(s, -2))],
  ['the same signature in another spelling', signature(respell)],
  ['no signature', signature(() => '')],
  ['half a signature', signature((s) => s.slice(0, s.length / 2))],
  ['a signature cut by one', signature((s) => s.slice(0, -1))],
  ['a signature longer by one', signature((s) => `${s}A`)],
  ['a signature twice', signature((s) => s + s)],
  ['a signature of zeros', signature((s) => 'A'.repeat(s.length))],
  ['a signature with padding', signature((s) => `${s}==`)],
  ['signed with the secret itself, not derived', (good) => resign(good, { seal: underived })],
  [
    'signed with the key of another purpose',
    (good) => resign(good, { seal: hmac('sha256', 'result-token') }),
  ],
  ['signed by another service under our kid', (good) => resign(good, { secret: stranger })],
  [
    'signed by another service under its own kid',
    (good) => resign(good, { header: { ...good.header, kid: stranger.kid }, secret: stranger }),
  ],
  [
    'signed with a rotated-out key',
    (good) =>
      resign(good, {
        header: { ...good.header, kid: good.rotatedOut.kid },
        secret: good.rotatedOut,
      }),
  ],
  [
    'signed with a rotated-out key under our kid',
    (good) => resign(good, { secret: good.rotatedOut }),
  ],
];

const shapes: Forgery[] = [
  [
    'a header with padding',
    (good) =>
      seg(good)
        .with(0, `${seg(good)[0]}=`)
        .join('.'),
  ],
  [
    'claims with padding',
    (good) =>
      seg(good)
        .with(1, `${seg(good)[1]}=`)
        .join('.'),
  ],
  ['one segment', (good) => seg(good)[1]],
  ['two segments', (good) => seg(good).slice(0, 2).join('.')],
  ['four segments', (good) => `${good.token}.${seg(good)[2]}`],
  ['a dot before', (good) => `.${good.token}`],
  ['a dot after', (good) => `${good.token}.`],
  ['the shape of a JWE', (good) => [...seg(good), 'AAAA', 'AAAA'].join('.')],
  [
    'a JWE header',
    (good) => `${encode({ alg: 'dir', enc: 'A256GCM', kid: good.header.kid })}..AAAA.AAAA.AAAA`,
  ],
  ['twice itself', (good) => good.token + good.token],
  [
    'itself within a token',
    (good) => resign(good, { claims: { ...good.claims, sub: good.token } }).replaceAll('.', '..'),
  ],
  ['white space within', (good) => seg(good).join('. ')],
  ['dots alone', () => '..'],
  ['nothing like it', () => 'garbage'],
];

/** At least one for each way in which a token can be wrong. */
export const forgeries: Forgery[] = [
  ...forgedAlgorithms,
  ...forgedHeaders,
  ...forgedClaims,
  ...signatures,
  ...shapes,
];
