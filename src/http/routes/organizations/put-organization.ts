import Type, { type Static } from 'typebox';
import type { Organization } from '../../../domain/people.ts';
import { organizationDefaults } from '../../../domain/policy.ts';
import { previewPolicy, setOrganization } from '../../../domain/users/change-policies.ts';
import { CallerHeaders, callerOf } from '../../credentials/caller.ts';
import type { App, RouteContext } from '../../route.ts';
import { LanguageSchema, OrganizationParams } from '../../schemas/fields.ts';
import {
  OrganizationSchema,
  organizationCall,
  organizationUrl,
  presentOrganization,
} from './organization-call.ts';

const BodySchema = Type.Object(
  {
    policy: Type.Enum(['off', 'optional', 'mandatory']),
    language: Type.Optional({ ...LanguageSchema, default: organizationDefaults.language }),
    country: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        format: 'country',
        default: organizationDefaults.country,
        description:
          'ISO 3166-1 alpha-2: how numbers without a country code are read. The United Kingdom is `GB`.',
      }),
    ),
    backup: Type.Optional(
      Type.Enum(['offered', 'required'], { default: organizationDefaults.backup }),
    ),
  },
  { additionalProperties: false },
);

const ImpactSchema = Type.Object(
  {
    usersToEnrol: Type.Integer({ description: 'Without a factor, and may not put it off.' }),
    usersWithoutBackup: Type.Integer({ description: 'With just one factor.' }),
    usersOnOldApp: Type.Integer({
      description: 'Last let in on an app that is too old for the second step.',
    }),
    usersWithoutOfferedFactor: Type.Integer({
      description: 'With factors, but none of a method that is offered: no code reaches them.',
    }),
    usersUnreachable: Type.Integer({
      description: 'With factors of which none works now: they need a reset.',
    }),
  },
  { description: 'Of a dry run: how many users, of those seen so far.' },
);

export function putOrganizationRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'PUT',
    url: organizationUrl,
    onRequest: credentials.apiKey('admin'),
    schema: {
      ...organizationCall,
      operationId: 'putOrganization',
      summary: 'Set the policy, the language and the country of an organization',
      params: OrganizationParams,
      headers: CallerHeaders,
      querystring: Type.Object(
        {
          dryRun: Type.Optional(
            Type.Enum(['true', 'false'], {
              description: 'Change nothing, and answer how many users it would concern.',
            }),
          ),
        },
        { additionalProperties: false },
      ),
      body: BodySchema,
      response: {
        200: Type.Object({ ...OrganizationSchema.properties, impact: Type.Optional(ImpactSchema) }),
        201: OrganizationSchema,
      },
    },
    handler: async (request, reply) => {
      const organization = read(request.params.organizationId, request.body);
      const shown = presentOrganization(organization);
      if (request.query.dryRun === 'true')
        return reply.send({ ...shown, impact: await previewPolicy(deps, organization) });
      const { created } = await setOrganization(deps, organization, callerOf(request));
      return reply.code(created ? 201 : 200).send(shown);
    },
  });
}

function read(id: string, body: Static<typeof BodySchema>): Organization {
  return { ...organizationDefaults, ...body, id } as Organization;
}
