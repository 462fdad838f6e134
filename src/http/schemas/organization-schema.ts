import Type, { type Static, type TSchema } from 'typebox';
import type { Organization } from '../../domain/people.ts';
import { organizationDefaults } from '../../domain/policy.ts';
import { counted, LanguageSchema, MomentSchema, nullable, oneOf, said } from './fields.ts';
import { presentTheme, ThemeSchema, themeFields, themeMeaning } from './theme-schema.ts';

const policies = ['off', 'optional', 'mandatory'] as const;

const PolicySchema = oneOf(policies, {
  description: 'Whether users need a second factor. `optional`: they may put setting one up off.',
  examples: ['mandatory'],
});

const CountrySchema = Type.String({
  pattern: '^[A-Z]{2}$',
  format: 'country',
  description:
    'ISO 3166-1 alpha-2: how numbers without a country code are read. The United Kingdom is `GB`.',
  examples: ['NL'],
});

const BackupSchema = oneOf(['offered', 'required'], {
  description: 'Whether setting up a second factor as a backup may be skipped.',
});

const mandatoryFrom = {
  description:
    'With policy `optional`: from then on it is mandatory. With another policy it means nothing.',
  examples: [null, '2027-06-01T00:00:00Z'],
};

const FirstSetupSchema = oneOf(['open', 'pass'], {
  description: '`pass`: a user without a factor needs a pass to set one up.',
});

const DaysSchema = Type.Integer({
  minimum: 0,
  maximum: 90,
  description: 'How many days a known device is remembered; 0: there are none.',
  examples: [30],
});

const SkipCodeSchema = Type.Boolean({ description: 'Whether a known device needs no code.' });

const knownDevicesMeaning = 'How browsers and apps are remembered.';

const ThemeInput = Type.Partial(Type.Object(themeFields), {
  additionalProperties: false,
  description: themeMeaning,
});

const { knownDevices: rules, theme } = organizationDefaults;

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
        { additionalProperties: false, default: rules, description: knownDevicesMeaning },
      ),
    ),
    theme: Type.Optional({ ...ThemeInput, default: theme }),
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
        { additionalProperties: false, description: knownDevicesMeaning },
      ),
    ),
    theme: orNull(ThemeInput),
  },
  { additionalProperties: false },
);

export const OrganizationSchema = Type.Object({
  id: said("The caller's own id of it.", 'acme'),
  policy: PolicySchema,
  language: said('Of voice calls, and of screens without one of their own.', 'nl-NL'),
  country: said('How numbers without a country code are read.', 'NL'),
  backup: BackupSchema,
  mandatoryFrom: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], mandatoryFrom),
  firstSetup: FirstSetupSchema,
  knownDevices: Type.Object(
    { days: DaysSchema, skipCode: SkipCodeSchema },
    { description: knownDevicesMeaning },
  ),
  theme: ThemeSchema,
});

const ImpactSchema = Type.Object(
  {
    usersToEnrol: counted('Without a factor, and may not put it off.', 12),
    usersWithoutBackup: counted('With just one factor.', 31),
    usersOnOldApp: counted('Last let in on an app that is too old for the second step.', 2),
    usersWithoutOfferedFactor: counted(
      'With factors, but none of a method that is offered: no code reaches them.',
      0,
    ),
    usersUnreachable: counted('With factors of which none works now: they need a reset.', 1),
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
  const theme = presentTheme(organization.theme);
  return { ...fields, knownDevices: { days, skipCode }, theme };
}
