import Type from 'typebox';
import { redeemResult } from '../../domain/login/redeem-result.ts';
import { Problem } from '../../domain/problems.ts';
import { clientOf, requireOrganization } from '../credentials/credentials.ts';
import { ResultClaimsSchema } from '../credentials/result-claims.ts';
import { attemptOf } from '../idempotency.ts';
import { problemResponses } from '../problems/problem-schema.ts';
import { note } from '../request-log.ts';
import type { App, RouteContext, RouteList } from '../route.ts';

const RedeemSchema = Type.Object(
  {
    token: Type.String({ minLength: 1, maxLength: 4096, description: 'A result token.' }),
    purpose: Type.Optional(
      Type.Enum(['login', 'step-up'], {
        default: 'login',
        description: 'What the challenge was for. A result of another purpose is not used up.',
      }),
    ),
  },
  { additionalProperties: false },
);

function redeemResultRoute(app: App, { deps, credentials, tokens }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/v1/results/redeem',
    onRequest: credentials.apiKey('challenges'),
    schema: {
      operationId: 'redeemResult',
      summary: 'Redeem a result, exactly once',
      tags: ['Challenges'],
      security: [{ apiKey: [] }],
      body: RedeemSchema,
      response: {
        200: ResultClaimsSchema,
        ...problemResponses('result-invalid', 'result-already-redeemed'),
      },
    },
    handler: async (request) => {
      const claims = tokens.verifyResult(request.body.token);
      note(request, { challengeId: claims.cid });
      const ref = { organizationId: claims.org, userId: claims.sub, id: claims.cid };
      const client = clientOf(request).name;
      if (claims.aud !== client) throw new Problem('result-invalid');
      requireOrganization(request, claims.org);
      await redeemResult(deps, ref, {
        resultId: claims.jti,
        client,
        purpose: request.body.purpose ?? 'login',
        attemptId: attemptOf(request),
      });
      return claims;
    },
  });
}

function getKeysRoute(app: App, { tokens }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/.well-known/jwks.json',
    schema: {
      operationId: 'getKeys',
      summary: 'The keys that results are signed with (RFC 7517)',
      tags: ['Challenges'],
      response: {
        200: Type.Object({ keys: Type.Array(Type.Record(Type.String(), Type.String())) }),
      },
    },
    handler: async () => tokens.jwks as { keys: Record<string, string>[] },
  });
}

/** A backend redeems a result for its claims, once. */
export const resultsRoutes: RouteList = [redeemResultRoute, getKeysRoute];
