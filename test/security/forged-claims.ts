import { claims, claimsText, type Forgery, keepSignature, twice } from './token-forgery.ts';

const now = () => Math.floor(Date.now() / 1000);

export const forgedClaims: Forgery[] = [
  ['no exp', claims({ exp: undefined })],
  ['exp a text', claims((good) => ({ exp: String(good.claims['exp']) }))],
  ['exp null', claims({ exp: null })],
  ['exp a fraction', claims((good) => ({ exp: Number(good.claims['exp']) + 0.5 }))],
  ['exp after all calendars', claims({ exp: 1e15 })],
  ['exp before all calendars', claims({ exp: -1e15 })],
  [
    'exp beyond all numbers',
    claimsText((good) => JSON.stringify(good.claims).replace(/"exp":\d+/, '"exp":1e999')),
  ],
  [
    'exp changed, signature kept',
    (good) => keepSignature(good, { claims: { ...good.claims, exp: now() + 9999 } }),
  ],
  ['nbf in the future', claims({ nbf: now() + 3600 })],
  ['nbf in the past', claims({ nbf: now() - 3600 })],
  ['iat a text', claims((good) => ({ iat: String(good.claims['iat']) }))],
  ['no iat', claims({ iat: undefined })],
  ['iat negative', claims({ iat: -1 })],
  ...['iss', 'aud', 'sub', 'org', 'cid'].flatMap(eachClaim),
  ['aud of something else', claims({ aud: 'something-else' })],
  ['iss of another service', claims({ iss: 'https://evil.example' })],
  ['iss with a slash', claims((good) => ({ iss: `${good.claims['iss']}/` }))],
  ['a claim that we do not make', claims({ scope: 'admin' })],
  ['sub twice, another first', claimsText((good) => twice(good.claims, '"sub":"other"', 'before'))],
  ['exp twice, another first', claimsText((good) => twice(good.claims, '"exp":1', 'before'))],
  [
    '__proto__ among the claims',
    claimsText((good) => twice(good.claims, '"__proto__":{"sub":"other"}', 'after')),
  ],
  ['claims with white space', claimsText((good) => JSON.stringify(good.claims, null, 1))],
  ['claims that are no JSON', claimsText(() => 'not json')],
  ['claims that are null', claimsText(() => 'null')],
  ['claims that are a list', claimsText(() => '[]')],
  ['claims that are empty', claimsText(() => '{}')],
];

function eachClaim(claim: string): Forgery[] {
  return [
    [
      `${claim} another's, signature kept`,
      (good) => keepSignature(good, { claims: { ...good.claims, [claim]: 'other' } }),
    ],
    [`no ${claim}`, claims({ [claim]: undefined })],
    [`${claim} in a list`, claims((good) => ({ [claim]: [good.claims[claim]] }))],
    [`${claim} an object`, claims((good) => ({ [claim]: { value: good.claims[claim] } }))],
    [`${claim} a number`, claims({ [claim]: 1 })],
    [`${claim} empty`, claims({ [claim]: '' })],
  ];
}
