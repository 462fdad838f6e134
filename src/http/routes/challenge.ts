import Type from 'typebox';
import { addFactor } from '../../domain/login/add-factor.ts';
import { cancelChallenge } from '../../domain/login/cancel-challenge.ts';
import { sendCode } from '../../domain/login/send-code.ts';
import { skipEnrolment } from '../../domain/login/skip-enrolment.ts';
import { verifyCode } from '../../domain/login/verify-code.ts';
import { ChallengeRefSchema, presentChallenge, presentWithToken } from '../challenge-schema.ts';
import type { App, Http } from '../context.ts';
import { challengeOf } from '../credentials.ts';
import { FactorInputSchema } from '../factor-input.ts';
import { OurId } from '../fields.ts';
import { attemptOf } from '../idempotency.ts';
import { answerChallenge, ConditionalHeaders, WaitSchema } from '../long-polling.ts';
import { problemResponses } from '../problem-schema.ts';

const SendSchema = Type.Object({ factorId: Type.Optional(OurId) }, { additionalProperties: false });

const VerifySchema = Type.Object(
  {
    code: Type.String({
      pattern: '^[0-9]{1,8}$',
      description: 'The digits, as many as `code.length` says.',
      examples: ['0123'],
    }),
  },
  { additionalProperties: false },
);

/** What the holder of a challenge token can do, on a page or in an app. */
export function challengeRoutes(app: App, http: Http): void {
  const { deps, credentials, presenter } = http;
  const common = { onRequest: credentials.challengeToken };
  const described = { tags: ['Challenge'], security: [{ challengeToken: [] }] };

  app.route({
    ...common,
    method: 'GET',
    url: '/v1/challenge',
    schema: {
      ...described,
      operationId: 'getChallenge',
      summary: 'Where the challenge stands',
      description:
        'With `wait`, the answer is held until it is another one than when the call came, or than ' +
        'the one whose `ETag` is sent as `If-None-Match`, so that no change is missed between two ' +
        'calls. With `If-None-Match`, an answer that is still the same is 304.',
      querystring: WaitSchema,
      headers: ConditionalHeaders,
      response: {
        200: ChallengeRefSchema,
        304: Type.Null({ description: 'Still the same as the one named.' }),
        ...problemResponses('invalid-request', 'unauthenticated', 'challenge-expired'),
      },
    },
    handler: async (request, reply) => {
      const seen = request.headers['if-none-match'];
      const waitMs = Number(request.query.wait ?? 0) * 1000;
      const { body, tag } = await answerChallenge(http, request, { waitMs, seen });
      reply.header('etag', tag);
      return tag === seen ? reply.code(304).send(null) : body;
    },
  });

  app.route({
    ...common,
    method: 'POST',
    url: '/v1/challenge/code',
    schema: {
      ...described,
      operationId: 'sendCode',
      summary: 'Send a code: the first, a resend, or by another method',
      description:
        'To `factorId`, or else to the factor in play, or else to the primary. It takes the ' +
        'place of the code before.',
      body: SendSchema,
      response: {
        202: ChallengeRefSchema,
        ...problemResponses(
          'invalid-request',
          'unauthenticated',
          'challenge-expired',
          'not-found',
          'no-factor',
          'challenge-finished',
          'no-device',
          'destination-not-allowed',
          'resend-too-early',
          'too-many-requests',
          'locked',
          'delivery-failed',
        ),
      },
    },
    handler: async (request, reply) => {
      const { factorId = null } = request.body;
      const context = await sendCode(deps, challengeOf(request), factorId);
      return reply.code(202).send(presentChallenge(presenter, context));
    },
  });

  app.route({
    ...common,
    method: 'POST',
    url: '/v1/challenge/verify',
    schema: {
      ...described,
      operationId: 'verifyCode',
      summary: 'Enter the code',
      body: VerifySchema,
      response: {
        200: ChallengeRefSchema,
        ...problemResponses(
          'invalid-request',
          'unauthenticated',
          'challenge-expired',
          'verification-required',
          'code-not-sent',
          'challenge-finished',
          'factor-exists',
          'too-many-factors',
          'code-expired',
          'code-incorrect',
          'attempts-exhausted',
          'locked',
        ),
      },
    },
    handler: async (request) => {
      const { code } = request.body;
      const context = await verifyCode(deps, challengeOf(request), code, attemptOf(request));
      return presentChallenge(presenter, context);
    },
  });

  app.route({
    ...common,
    method: 'POST',
    url: '/v1/challenge/factors',
    schema: {
      ...described,
      operationId: 'addFactor',
      summary: 'Set up a factor during enrolment',
      description:
        'It is sent a code at once, and is the user’s own when that code comes back. Until then ' +
        'another may be entered instead.',
      body: FactorInputSchema,
      response: {
        201: ChallengeRefSchema,
        ...problemResponses(
          'invalid-request',
          'unauthenticated',
          'challenge-expired',
          'verification-required',
          'challenge-finished',
          'factor-exists',
          'too-many-factors',
          'no-device',
          'phone-number-invalid',
          'destination-not-allowed',
          'resend-too-early',
          'too-many-requests',
          'locked',
        ),
      },
    },
    handler: async (request, reply) => {
      const context = await addFactor(deps, challengeOf(request), request.body);
      return reply.code(201).send(presentWithToken(presenter, context));
    },
  });

  app.route({
    ...common,
    method: 'POST',
    url: '/v1/challenge/skip',
    schema: {
      ...described,
      operationId: 'skipEnrolment',
      summary: 'Another time: pass over a step that may be skipped',
      body: Type.Object({}, { additionalProperties: false }),
      response: {
        200: ChallengeRefSchema,
        ...problemResponses(
          'invalid-request',
          'unauthenticated',
          'challenge-expired',
          'verification-required',
          'enrolment-required',
          'challenge-finished',
          'locked',
        ),
      },
    },
    handler: async (request) =>
      presentChallenge(presenter, await skipEnrolment(deps, challengeOf(request))),
  });

  app.route({
    ...common,
    method: 'DELETE',
    url: '/v1/challenge',
    schema: {
      ...described,
      operationId: 'cancelChallenge',
      summary: 'Log out: end the challenge',
      description: 'What was set up in it and not confirmed is gone with it.',
      response: {
        204: Type.Null(),
        ...problemResponses('unauthenticated', 'challenge-expired', 'challenge-finished'),
      },
    },
    handler: async (request, reply) => {
      await cancelChallenge(deps, challengeOf(request));
      return reply.code(204).send(null);
    },
  });
}
