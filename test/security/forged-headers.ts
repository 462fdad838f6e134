import {
  alg,
  ed25519,
  type Forgery,
  type Good,
  header,
  headerText,
  hmac,
  hmacWithPublicKey,
  keepSignature,
  publicJwk,
  resign,
  stranger,
  twice,
} from './token-forgery.ts';

export const forgedAlgorithms: Forgery[] = [
  ['alg none, unsigned', alg('none', () => '')],
  ['alg None, unsigned', alg('None', () => '')],
  [
    'alg none, signature kept',
    (good) => keepSignature(good, { header: { ...good.header, alg: 'none' } }),
  ],
  ['alg none, signed by us', header({ alg: 'none' })],
  ['alg HS512 with the same secret', alg('HS512', hmac('sha512'))],
  ['alg HS384 with the same secret', alg('HS384', hmac('sha384'))],
  ['alg HS256 with the public key as PEM', alg('HS256', hmacWithPublicKey('pem'))],
  ['alg HS256 with the public key as published', alg('HS256', hmacWithPublicKey('jwk'))],
  ["the other kind's alg and key", otherKindsSeal],
  [
    "the other kind's alg, right key",
    header((good) => ({ alg: good.kind === 'result' ? 'HS256' : 'EdDSA' })),
  ],
  ['alg in another case', header((good) => ({ alg: String(good.header['alg']).toLowerCase() }))],
  ['alg RS256', header({ alg: 'RS256' })],
  ['alg ES256', header({ alg: 'ES256' })],
  ['alg a list', header((good) => ({ alg: [good.header['alg']] }))],
  ['no alg', header({ alg: undefined })],
];

function otherKindsSeal(good: Good): string {
  const result = good.kind === 'result';
  const header = { ...good.header, alg: result ? 'HS256' : 'EdDSA' };
  return resign(good, { header, seal: result ? hmac('sha256') : ed25519 });
}

export const forgedHeaders: Forgery[] = [
  ['typ JWT', header({ typ: 'JWT' })],
  ['no typ', header({ typ: undefined })],
  ['typ null', header({ typ: null })],
  [
    'typ of the other kind',
    header((good) => ({ typ: good.kind === 'result' ? 'challenge+jwt' : 'result+jwt' })),
  ],
  ['typ in capitals', header((good) => ({ typ: String(good.header['typ']).toUpperCase() }))],
  ['typ with application/', header((good) => ({ typ: `application/${good.header['typ']}` }))],
  ['typ with a space', header((good) => ({ typ: `${good.header['typ']} ` }))],
  ['kid unknown', header({ kid: 'unknown' })],
  ['kid __proto__', header({ kid: '__proto__' })],
  ['kid constructor', header({ kid: 'constructor' })],
  ['kid a path', header({ kid: '../../../../dev/null' })],
  ['kid an SQL text', header({ kid: "' OR 1=1 --" })],
  ['kid a number', header({ kid: 1 })],
  ['kid a list of the right one', header((good) => ({ kid: [good.header.kid] }))],
  ['kid an object', header({ kid: { toString: 1 } })],
  ['kid empty', header({ kid: '' })],
  ['no kid', header({ kid: undefined })],
  ["kid with the other kind's name", header((good) => ({ kid: `result:${good.header.kid}` }))],
  ['kid of the other secret in the ring', header({ kid: 'previous' })],
  ['jku', header({ jku: 'https://evil.example/jwks.json' })],
  ['x5u', header({ x5u: 'https://evil.example/chain.pem' })],
  ['x5c', header({ x5c: ['MIIB'] })],
  ['jwk of ours', header((good) => ({ jwk: publicJwk(good.own) }))],
  [
    'jwk of a stranger who signed it',
    (good) =>
      resign(good, { header: { ...good.header, jwk: publicJwk(stranger) }, secret: stranger }),
  ],
  ['crit with an extension', header({ crit: ['exp'], exp: 1 })],
  ['crit that is empty', header({ crit: [] })],
  ['crit b64 false', header({ crit: ['b64'], b64: false })],
  ['zip', header({ zip: 'DEF' })],
  ['cty JWT', header({ cty: 'JWT' })],
  ['alg twice, none first', headerText((good) => twice(good.header, '"alg":"none"', 'before'))],
  ['alg twice, none last', headerText((good) => twice(good.header, '"alg":"none"', 'after'))],
  ['kid twice', headerText((good) => twice(good.header, '"kid":"unknown"', 'before'))],
  ['a header with white space', headerText((good) => `${JSON.stringify(good.header)} `)],
  [
    'a header in another order',
    (good) => resign(good, { header: Object.fromEntries(Object.entries(good.header).reverse()) }),
  ],
  ['a header that is no JSON', headerText(() => 'not json')],
  ['a header that is null', headerText(() => 'null')],
  ['a header that is a list', headerText(() => '[]')],
];
