import Type from 'typebox';
import { startChallenge } from '../../../domain/login/start-challenge.ts';
import { CallerHeaders, callerOf } from '../../caller.ts';
import { ChallengeRefSchema, presentWithToken } from '../../challenge-schema.ts';
import type { App, Http } from '../../context.ts';
import { clientOf } from '../../credentials.ts';
import {
  LanguageSchema,
  OpaqueId,
  PlatformSchema,
  PushTokenSchema,
  printable,
} from '../../fields.ts';
import { problemResponses } from '../../problem-schema.ts';

const StartSchema = Type.Object(
  {
    organizationId: OpaqueId,
    userId: OpaqueId,
    app: Type.Object(
      {
        name: Type.String({
          pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
          description: 'What the user is signing in to.',
          examples: ['company-panel', 'uc-panel', 'qaller', 'vamos', 'click-to-dial'],
        }),
        version: Type.Optional(
          Type.String({
            maxLength: 64,
            pattern: printable.source,
            description: 'Counts for apps that have a minimum version.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    language: Type.Optional(LanguageSchema),
    device: Type.Optional(
      Type.Object(
        { id: OpaqueId, platform: PlatformSchema, pushToken: PushTokenSchema },
        {
          additionalProperties: false,
          description:
            'The app instance the user signs in on. It receives codes once this challenge is ' +
            'approved with a second factor, or as the factor being enrolled.',
        },
      ),
    ),
    purpose: Type.Optional(
      Type.Enum(['login', 'step-up'], {
        default: 'login',
        description: '`step-up`: prove it once more, whatever the policy.',
      }),
    ),
    send: Type.Optional(
      Type.Boolean({ default: true, description: 'Send a code to the primary factor at once.' }),
    ),
  },
  { additionalProperties: false },
);

export function startChallengeRoute(app: App, { deps, credentials, presenter }: Http): void {
  app.route({
    method: 'POST',
    url: '/v1/challenges',
    onRequest: credentials.apiKey('challenges'),
    schema: {
      operationId: 'startChallenge',
      summary: 'Start a challenge',
      description:
        'What must happen before this user is in. Answers 201 also when no code could be sent or ' +
        'delivered: `code` tells.',
      tags: ['Challenges'],
      security: [{ apiKey: [] }],
      headers: CallerHeaders,
      body: StartSchema,
      response: {
        201: ChallengeRefSchema,
        ...problemResponses('no-factor'),
      },
    },
    handler: async (request, reply) => {
      const { language = null, device = null, purpose = 'login', send = true } = request.body;
      const context = await startChallenge(deps, {
        ...request.body,
        client: clientOf(request).name,
        address: callerOf(request).address,
        language,
        device,
        purpose,
        send,
      });
      return reply.code(201).send(presentWithToken(presenter, context));
    },
  });
}
