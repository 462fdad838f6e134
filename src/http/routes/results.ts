import Type from 'typebox';
import { redeemResult } from '../../domain/login/redeem-result.ts';
import { nameIn, shownName } from '../../domain/mode.ts';
import { Problem } from '../../domain/problems.ts';
import { clientOf, requireOrganization } from '../credentials/credentials.ts';
import { ResultClaimsSchema } from '../credentials/result-claims.ts';
import { attemptOf } from '../idempotency.ts';
import { problemResponses } from '../problems/problem-schema.ts';
import { note } from '../request-log.ts';
import type { App, RouteContext, RouteList } from '../route.ts';
import { moment, nullable, oneOf, said } from '../schemas/fields.ts';

const keyExample = {
  kty: 'OKP',
  crv: 'Ed25519',
  x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo',
  kid: 'k1',
  use: 'sig',
  alg: 'EdDSA',
};

const RedeemSchema = Type.Object(
  {
    token: Type.String({
      minLength: 1,
      maxLength: 4096,
      description: 'A result token.',
      examples: ['eyJhbGciOiJFZERTQSIs…'],
    }),
    purpose: Type.Optional(
      oneOf(['login', 'step-up'], {
        default: 'login',
        description: 'What the challenge was for. A result of another purpose is not used up.',
      }),
    ),
    rememberDevice: Type.Optional(
      Type.Boolean({
        description:
          'Whether this browser or app is remembered. By default if it was recognized, or if the ' +
          'user ticked it.',
        examples: [true],
      }),
    ),
  },
  { additionalProperties: false },
);

const DeviceTokenSchema = Type.Object(
  {
    token: said(
      'Shown once. For an HttpOnly cookie whose name begins with `__Host-`, or the key store of the ' +
        'app, in place of the one before.',
      'wDkJ3l9vJm2Yb0c7Q1xS5tHfUeLr8aPzKoNiVgXy4M0',
    ),
    expiresAt: moment('When it ends, unless a code is right there.', '2027-03-31T09:00:00.000Z'),
  },
  { description: 'Null when the browser or app is not remembered.' },
);

const RedeemedSchema = Type.Object({
  ...ResultClaimsSchema.properties,
  knownDevice: nullable(DeviceTokenSchema),
});

function redeemResultRoute(app: App, { deps, credentials, tokens }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/results/redeem',
    onRequest: credentials.apiKey('challenges'),
    schema: {
      operationId: 'redeemResult',
      summary: 'Redeem a result, exactly once',
      description:
        'Only the client that started the challenge can, within 60 seconds. Compare `sub`, `org` and ' +
        '`cid` with what was started: a signature alone does not say that this is your user.',
      tags: ['Results'],
      security: [{ apiKey: [] }],
      body: RedeemSchema,
      response: {
        200: RedeemedSchema,
        ...problemResponses('result-invalid', 'result-already-redeemed'),
      },
    },
    handler: async (request) => {
      const claims = tokens.verifyResult(request.body.token);
      note(request, { challengeId: claims.cid });
      const organizationId = nameIn(deps.settings.mode, claims.org);
      const ref = { organizationId, userId: claims.sub, id: claims.cid };
      const client = clientOf(request).name;
      if (claims.aud !== shownName(client)) throw new Problem('result-invalid');
      requireOrganization(request, claims.org);
      const device = await redeemResult(deps, ref, {
        resultId: claims.jti,
        client,
        app: claims.app,
        remember: request.body.rememberDevice ?? null,
        purpose: request.body.purpose ?? 'login',
        attemptId: attemptOf(request),
      });
      const expiresAt = device?.expiresAt.toISOString() ?? '';
      return { ...claims, knownDevice: device && { token: device.token, expiresAt } };
    },
  });
}

const KeysSchema = Type.Object(
  {
    keys: Type.Array(Type.Record(Type.String(), Type.String()), { description: 'Current first.' }),
  },
  { examples: [{ keys: [keyExample] }] },
);

function getKeysRoute(app: App, { deps, tokens }: RouteContext): void {
  const test = deps.settings.mode === 'test';
  app.route({
    method: 'GET',
    url: `${test ? '/test' : ''}/.well-known/jwks.json`,
    schema: {
      operationId: test ? 'getTestKeys' : 'getKeys',
      summary: `The keys that ${test ? 'test results' : 'results'} are signed with (RFC 7517)`,
      description:
        'To verify a result offline, beside redeeming it and never in its place: only redeeming is ' +
        'once. Keep them for minutes, and ask again for a `kid` that is new.',
      tags: [test ? 'Test mode' : 'Results'],
      response: {
        200: KeysSchema,
      },
    },
    handler: async () => tokens.jwks as { keys: Record<string, string>[] },
  });
}

/** A backend redeems a result for its claims, once. */
export const resultsRoutes: RouteList = [redeemResultRoute, getKeysRoute];
