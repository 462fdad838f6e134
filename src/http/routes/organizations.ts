import Type, { type Static } from 'typebox';
import { organizationDefaults } from '../../domain/policy.ts';
import type { Organization } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import type { App, Http } from '../context.ts';
import { LanguageSchema, OpaqueId } from '../fields.ts';
import { problemResponses } from '../problem-schema.ts';

const ParamsSchema = Type.Object({ organizationId: OpaqueId });

const BodySchema = Type.Object(
  {
    policy: Type.Enum(['off', 'optional', 'mandatory']),
    language: Type.Optional({ ...LanguageSchema, default: organizationDefaults.language }),
    country: Type.Optional(
      Type.String({
        pattern: '^[A-Z]{2}$',
        default: organizationDefaults.country,
        description: 'ISO 3166-1 alpha-2: how numbers without a country code are read.',
      }),
    ),
    backup: Type.Optional(
      Type.Enum(['offered', 'required'], { default: organizationDefaults.backup }),
    ),
  },
  { additionalProperties: false },
);

const OrganizationSchema = Type.Object({
  id: Type.String(),
  policy: Type.String(),
  language: Type.String(),
  country: Type.String(),
  backup: Type.String(),
});

const described = { tags: ['Organizations'], security: [{ apiKey: [] }] };
const refusals = ['invalid-request', 'unauthenticated', 'forbidden'] as const;

export function organizationsRoutes(app: App, { deps, credentials }: Http): void {
  const onRequest = credentials.apiKey('admin');

  app.route({
    method: 'PUT',
    url: '/v1/organizations/:organizationId',
    onRequest,
    schema: {
      ...described,
      operationId: 'putOrganization',
      summary: 'Set the policy, the language and the country of an organization',
      params: ParamsSchema,
      body: BodySchema,
      response: {
        200: OrganizationSchema,
        201: OrganizationSchema,
        ...problemResponses(...refusals),
      },
    },
    handler: async (request, reply) => {
      const organization = read(request.params.organizationId, request.body);
      const { created } = await deps.directory.saveOrganization(organization);
      return reply.code(created ? 201 : 200).send(organization);
    },
  });

  app.route({
    method: 'GET',
    url: '/v1/organizations/:organizationId',
    onRequest,
    schema: {
      ...described,
      operationId: 'getOrganization',
      summary: 'Read an organization',
      params: ParamsSchema,
      response: { 200: OrganizationSchema, ...problemResponses(...refusals, 'not-found') },
    },
    handler: async (request) => {
      const organization = await deps.directory.findOrganization(request.params.organizationId);
      if (!organization) throw new Problem('not-found');
      return organization;
    },
  });
}

function read(id: string, body: Static<typeof BodySchema>): Organization {
  return { ...organizationDefaults, ...body, id } as Organization;
}
