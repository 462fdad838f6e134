import Type, { type Static, type TSchema } from 'typebox';
import type { Organization } from '../../domain/people.ts';
import { organizationDefaults } from '../../domain/policy.ts';
import { LanguageSchema, MomentSchema, nullable } from './fields.ts';

const PolicySchema = Type.Enum(['off', 'optional', 'mandatory']);

const CountrySchema = Type.String({
  pattern: '^[A-Z]{2}$',
  format: 'country',
  description:
    'ISO 3166-1 alpha-2: how numbers without a country code are read. The United Kingdom is `GB`.',
});

const BackupSchema = Type.Enum(['offered', 'required']);

const mandatoryFrom = {
  description:
    'With policy `optional`: from then on it is mandatory. With another policy it means nothing.',
};

const FirstSetupSchema = Type.Enum(['open', 'pass'], {
  description: '`pass`: a user without a factor needs a pass to set one up.',
});

const DaysSchema = Type.Integer({
  minimum: 0,
  maximum: 90,
  description: 'How many days a known device is remembered; 0: there are none.',
});

const SkipCodeSchema = Type.Boolean({ description: 'Whether a known device needs no code.' });

const { knownDevices: rules } = organizationDefaults;

export const OrganizationInput = Type.Object(
  {
    policy: PolicySchema,
    language: Type.Optional({ ...LanguageSchema, default: organizationDefaults.language }),
    country: Type.Optional({ ...CountrySchema, default: organizationDefaults.country }),
    backup: Type.Optional({ ...BackupSchema, default: organizationDefaults.backup }),
    mandatoryFrom: Type.Optional(
      Type.Union([MomentSchema, Type.Null()], {
        ...mandatoryFrom,
        default: organizationDefaults.mandatoryFrom,
      }),
    ),
    firstSetup: Type.Optional({ ...FirstSetupSchema, default: organizationDefaults.firstSetup }),
    knownDevices: Type.Optional(
      Type.Object(
        {
          days: Type.Optional({ ...DaysSchema, default: rules.days }),
          skipCode: Type.Optional({ ...SkipCodeSchema, default: rules.skipCode }),
        },
        { additionalProperties: false, default: rules },
      ),
    ),
  },
  { additionalProperties: false },
);

/** Without a default: validation would fill it in, and change what is left out. */
const orNull = <T extends TSchema>(schema: T) => Type.Optional(nullable(schema));

export const OrganizationPatch = Type.Object(
  {
    policy: Type.Optional(PolicySchema),
    language: orNull(LanguageSchema),
    country: orNull(CountrySchema),
    backup: orNull(BackupSchema),
    mandatoryFrom: Type.Optional(Type.Union([MomentSchema, Type.Null()], mandatoryFrom)),
    firstSetup: orNull(FirstSetupSchema),
    knownDevices: orNull(
      Type.Object(
        { days: orNull(DaysSchema), skipCode: orNull(SkipCodeSchema) },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);

export const OrganizationSchema = Type.Object({
  id: Type.String(),
  policy: Type.String(),
  language: Type.String(),
  country: Type.String(),
  backup: Type.String(),
  mandatoryFrom: nullable(Type.String({ format: 'date-time' })),
  firstSetup: Type.String(),
  knownDevices: Type.Object({ days: Type.Integer(), skipCode: Type.Boolean() }),
});

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
  {
    description:
      'Of a dry run: how many users, of those seen so far. A `mandatoryFrom` counts as if it had come.',
  },
);

/** Also the answer to a dry run. */
export const ChangedOrganizationSchema = Type.Object({
  ...OrganizationSchema.properties,
  impact: Type.Optional(ImpactSchema),
});

export function readFields<Body extends { mandatoryFrom?: string | null }>({
  mandatoryFrom: from,
  ...fields
}: Body) {
  return { ...fields, ...(from !== undefined && { mandatoryFrom: from ? new Date(from) : null }) };
}

export function presentOrganization(organization: Organization): Static<typeof OrganizationSchema> {
  const { id, policy, language, country, backup, firstSetup } = organization;
  const { days, skipCode } = organization.knownDevices;
  const from = organization.mandatoryFrom?.toISOString() ?? null;
  const fields = { id, policy, language, country, backup, mandatoryFrom: from, firstSetup };
  return { ...fields, knownDevices: { days, skipCode } };
}
