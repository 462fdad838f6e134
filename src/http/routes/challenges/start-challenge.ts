import Type from 'typebox';
import { startChallenge } from '../../../domain/login/start-challenge.ts';
import { shownName } from '../../../domain/mode.ts';
import { Problem } from '../../../domain/problems.ts';
import { requireOwner } from '../../../domain/users/factor-access.ts';
import { CallerHeaders, callerOf } from '../../credentials/caller.ts';
import { addressOf } from '../../credentials/caller-address.ts';
import type { ClientSites } from '../../credentials/client-sites.ts';
import { clientOf } from '../../credentials/credentials.ts';
import { firstAttemptOf } from '../../idempotency.ts';
import { problemResponses } from '../../problems/problem-schema.ts';
import { note } from '../../request-log.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { nullable, OpaqueId, OrganizationId, oneOf } from '../../schemas/fields.ts';
import { readOptional } from '../../schemas/optional.ts';
import { presentStarted } from '../../schemas/present-handover.ts';
import {
  DeviceSchema,
  KnownDeviceSchema,
  readDevice,
  readLanguage,
  readVersion,
  ScreenLanguageSchema,
  VersionSchema,
} from './optional-fields.ts';

const maxUrlLength = 2048;

const fromPanel = { organizationId: 'acme', userId: '42', app: { name: 'company-panel' } };
const toPage = { ...fromPanel, returnUrl: 'https://panel.example/2fa/done' };
const fromApp = {
  ...fromPanel,
  app: { name: 'qaller', version: '3.2.0' },
  language: 'nl-NL',
  device: { id: 'd-1', platform: 'android', pushToken: 'fMdR2x8qTQ:APA91bH-a-token-of-Firebase' },
};

const StartSchema = Type.Object(
  {
    organizationId: OrganizationId,
    userId: OpaqueId,
    app: Type.Object(
      {
        name: Type.String({
          pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
          description: 'Its name, the same at every login.',
          examples: ['company-panel', 'uc-panel', 'qaller', 'vamos', 'click-to-dial'],
        }),
        version: VersionSchema,
      },
      { additionalProperties: false, description: 'What the user signs in to.' },
    ),
    language: ScreenLanguageSchema,
    device: DeviceSchema,
    knownDevice: KnownDeviceSchema,
    purpose: Type.Optional(
      oneOf(['login', 'step-up', 'edit'], {
        default: 'login',
        description:
          '`step-up`: prove it once more, whatever the policy. `edit`: change the factors; ' +
          '`X-Actor` must be the user.',
      }),
    ),
    returnUrl: Type.Optional(
      nullable(
        Type.String({
          maxLength: maxUrlLength,
          description:
            'Where our page sends the browser at the end: exactly one that `clients allow-return` ' +
            'allowed for this client. No answer to the challenge token has the `result` then.',
          examples: ['https://panel.example/2fa/done'],
        }),
      ),
    ),
    send: Type.Optional(
      Type.Boolean({ default: true, description: 'Send a code to the primary factor at once.' }),
    ),
  },
  { additionalProperties: false, examples: [fromPanel, toPage, fromApp] },
);

export function startChallengeRoute(
  app: App,
  { deps, credentials, presenter, sites }: RouteContext,
): void {
  app.route({
    method: 'POST',
    url: '/v1/challenges',
    onRequest: credentials.apiKey('challenges'),
    // Before an answer is repeated: the idempotency key does not tell who is at the keyboard.
    preHandler: async (request) => {
      if (request.body.purpose === 'edit') requireOwner(callerOf(request), request.body);
    },
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
        ...problemResponses(
          'actor-not-owner',
          'no-factor',
          'destination-not-allowed',
          'too-many-requests',
        ),
      },
    },
    handler: async (request, reply) => {
      const { app, purpose = 'login', send = true, returnUrl = null, ...body } = request.body;
      const { knownDevice = null } = body;
      if (returnUrl !== null)
        await requireReturn(sites, shownName(clientOf(request).name), returnUrl);
      const context = await startChallenge(deps, {
        ...body,
        id: deps.challenges.idFor(body, firstAttemptOf(request)),
        client: clientOf(request).name,
        address: addressOf(request),
        app: { ...app, version: readOptional(request, 'version', app.version, readVersion) },
        language: readOptional(request, 'language', body.language, readLanguage),
        device: readOptional(request, 'device', body.device, readDevice),
        knownDevice,
        purpose,
        returnUrl,
        send,
      });
      note(request, { challengeId: context.challenge.id });
      return reply.code(201).send(presentStarted(presenter, context));
    },
  });
}

/** @throws Problem `invalid-request` */
async function requireReturn(sites: ClientSites, client: string, returnUrl: string): Promise<void> {
  if (await sites.mayReturn(client, returnUrl)) return;
  const detail = 'is not allowed for this client: `clients allow-return` allows it';
  const errors = [{ pointer: '/returnUrl', detail }];
  throw new Problem('invalid-request', { errors });
}
