import fc, { type Arbitrary } from 'fast-check';
import type { Operation } from '../support/description.ts';
import { mutate, mutations } from './mutations.ts';
import { anything, nastyText, oddNames, valid } from './values.ts';

/** Who asks: each name is a credential that the world holds. */
export const credentials = [
  'panel',
  'qaller',
  'usersOnly',
  'revoked',
  'sentinel',
  'enrolling',
  'waiting',
  'editing',
  'test',
  'approved',
  'cancelled',
  'result',
  'garbage',
  'nobody',
] as const;

export type Credential = (typeof credentials)[number];

/** One request, complete except for the ids that the world fills in. */
export type Case = {
  operation: string;
  credential: Credential;
  method: string;
  /** Values of the path's parameters; a text that starts with `%` goes in as it is. */
  path: Record<string, unknown>;
  query: [name: string, value: unknown][];
  headers: Record<string, unknown>;
  contentType: string | null;
  /** The text of the body; null for none. */
  body: string | null;
  /** Put behind the path. */
  tail: string;
};

/** What only a challenge with purpose `edit` opens. */
const edits = [
  'promoteOwnFactor',
  'removeOwnFactor',
  'createOwnRecoveryCodes',
  'listOwnKnownDevices',
  'forgetOwnKnownDevices',
  'forgetOwnKnownDevice',
  'finishEdit',
];

function right({ id, door, path }: Operation): Arbitrary<Credential> {
  if (edits.includes(id)) return fc.constant('editing');
  if (id === 'verifyCode') return fc.constant('sentinel');
  if (path.startsWith('/v1/test/')) return fc.constant('test');
  return door === 'challengeToken'
    ? fc.constantFrom('sentinel', 'enrolling', 'waiting')
    : fc.constant('panel');
}

/** Nearly always `usual`, else one of the others. */
function mostly<T>(usual: Arbitrary<T>, other: Arbitrary<T>, weight = 7): Arbitrary<T> {
  return fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: other });
}

export function casesOf(operation: Operation): Arbitrary<Case> {
  const { id, method } = operation;
  return fc.record({
    operation: fc.constant(id),
    credential: mostly(right(operation), fc.constantFrom(...credentials), 3),
    method: mostly(fc.constant(method), fc.constantFrom('OPTIONS', 'TRACE', 'PURGE'), 30),
    path: parameters(operation, 'path').map(Object.fromEntries),
    query: mostly(parameters(operation, 'query'), oddQuery, 10),
    headers: parameters(operation, 'header').map(Object.fromEntries),
    contentType: mostly(fc.constant('application/json'), oddContentType, 15),
    body: operation.body ? bodies(operation.body) : mostly(fc.constant(null), rawBody, 5),
    tail: mostly(
      fc.constant(''),
      fc.constantFrom('/', '//', '/x/y/z', '%', '%00', ';a=b', '#x'),
      40,
    ),
  });
}

function parameters(operation: Operation, kind: 'path' | 'query' | 'header') {
  const fields = operation.parameters.filter((one) => one.in === kind);
  const odd = kind === 'path' ? oddSegment : nastyText;
  const values = fields.map(({ name, schema, required }) => {
    const one = mostly(valid(schema, name), odd, 20);
    return fc.tuple(
      fc.constant(name),
      required ? mostly(one, fc.constant(undefined), 20) : fc.option(one, { nil: undefined }),
    );
  });
  return fc
    .tuple(...values)
    .map((all) => all.filter(([, value]) => value !== undefined) as [string, unknown][]);
}

const oddSegment = fc.oneof(
  nastyText,
  fc.constantFrom('%00', '%zz', '%', '%ff', '%c0%af', '..%2f..', '%2e%2e', '%', 'a'.repeat(600)),
);

const oddQuery = fc.array(
  fc.tuple(fc.oneof(oddNames, fc.constantFrom('limit', 'cursor', 'state')), nastyText),
  { minLength: 1, maxLength: 3 },
);

const oddContentType = fc.constantFrom(
  null,
  '',
  'json',
  'text/plain',
  'text/json',
  'application/JSON',
  'application/json; charset=utf-16',
  'application/jsonx',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'a'.repeat(500),
);

const rawBody: Arbitrary<string> = fc.oneof(
  fc.constantFrom('', ' ', '{', '}', '{"a":1,}', "{'a':1}", '\ufeff{}', '{}{}', 'NaN', 'undefined'),
  fc.constantFrom(
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{}}}',
    '{"a":"\\ud800"}',
  ),
  fc.constantFrom('['.repeat(8000), `{"a":"${'x'.repeat(17_000)}"}`, `{"a":${'9'.repeat(400)}}`),
  fc.string({ unit: 'binary', maxLength: 100 }),
  anything.map((value) => JSON.stringify(value)),
);

/** As described, nearly so, or not at all. */
function bodies(schema: NonNullable<Operation['body']>): Arbitrary<string | null> {
  const good = valid(schema);
  const text = (value: unknown) => JSON.stringify(value) ?? '';
  return fc.oneof(
    { weight: 8, arbitrary: good.map(text) },
    {
      weight: 5,
      arbitrary: fc.tuple(good, mutations).map(([value, one]) => text(mutate(value, one))),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(good, fc.nat(40)).map(([value, cut]) => text(value).slice(0, -cut)),
    },
    { weight: 1, arbitrary: rawBody },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}
