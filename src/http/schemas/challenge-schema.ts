import Type, { type Static } from 'typebox';
import type { ChallengePurpose, EndReason } from '../../domain/challenge/challenge.ts';
import type { Policy, Role } from '../../domain/people.ts';
import { CodeSchema, destinationFields, Hint, NoCodeSchema } from './code-schema.ts';
import { counted, MethodSchema, moment, nullable, oneOf, said } from './fields.ts';

const FactorSchema = Type.Object({
  id: said('Names it in `POST /v1/challenge/code`.', 'e7b32a77-9a41-4c0e-8a57-0d2f3b1c6e90'),
  method: MethodSchema,
  role: oneOf<Role>(['primary', 'secondary'], { description: 'Codes go to the primary first.' }),
  hint: Hint,
  ...destinationFields,
});

const setupFields = {
  methods: Type.Array(MethodSchema, { description: 'Those that can be set up now.' }),
  unavailable: Type.Array(
    Type.Object({
      method: { ...MethodSchema, examples: ['push'] },
      reason: said('The problem that it would meet.', 'no-device'),
    }),
    { description: 'Those that cannot, and why.' },
  ),
};

const EnrolmentSchema = Type.Object(
  {
    step: oneOf(['primary', 'backup'], { description: 'The first factor, or a second one.' }),
    skippable: Type.Boolean({ description: 'Whether `POST /v1/challenge/skip` passes it over.' }),
    mandatoryFrom: nullable(
      moment(
        'From when on the first factor may not be put off any more.',
        '2027-06-01T00:00:00.000Z',
      ),
    ),
    ...setupFields,
  },
  { description: 'What to set up in status `enrol`, else null.' },
);

const EditSchema = Type.Object(
  {
    ...setupFields,
    recoveryCodesRemaining: counted('How many are still good.', 10),
  },
  { description: 'What can be added in status `edit`, else null.' },
);

const KnownDeviceSchema = Type.Object(
  {
    days: counted('How long a browser or app is remembered after a right code there.', 30),
    recognized: Type.Boolean({
      description: 'Whether it is known. A token that is not recognized can be dropped.',
    }),
    remember: Type.Boolean({ description: 'Whether the user ticked it in this challenge.' }),
  },
  { description: 'Null where the organization has no known devices.' },
);

const ResultSchema = Type.Object(
  {
    token: said('To be redeemed once, by the client that began.', 'eyJhbGciOiJFZERTQSIs…'),
    expiresAt: moment('Redeem it before.', '2027-03-01T09:01:20.000Z'),
    amr: Type.Array(Type.String(), {
      description: 'How the user proved who they are (RFC 8176).',
      examples: [['pwd', 'mfa', 'otp', 'tel']],
    }),
  },
  { description: 'In status `approved`, until it is redeemed or has expired.' },
);

const statuses = [
  'verify',
  'enrol',
  'edit',
  'approved',
  'upgrade_required',
  'locked',
  'cancelled',
] as const;

/** Everything that a 2FA screen needs. */
export const ChallengeSchema = Type.Object(
  {
    id: said(
      'Names it in results, `X-Challenge-Id` and events.',
      '9a5b7c39-3a0f-4f0e-b1f2-6d1c0d9b8e11',
    ),
    purpose: oneOf<ChallengePurpose>(['login', 'step-up', 'edit', 'factor'], {
      description: '`edit`: changing factors; `factor`: confirming a new one. They have no result.',
    }),
    status: oneOf(statuses, {
      description:
        'Which screen to show. `verify`: enter the code. `enrol`: set up a factor. `edit`: change ' +
        'the factors. `approved`: let the user in. `upgrade_required`: update the app. `locked`: try again at `retryAt`. `cancelled`: back to the login page.',
    }),
    now: moment("The service's clock. Countdowns count from it."),
    challengeToken: Type.Optional(
      said(
        'Opens this challenge, and may be handed to a browser. Only in answers to an API key that ' +
          'begin a challenge.',
        'eyJhbGciOiJIUzI1NiIs…',
      ),
    ),
    pageUrl: Type.Optional(
      nullable(
        said(
          'Where the backend sends the browser, with the token in its fragment. Only in the answer ' +
            'that starts a challenge with a `returnUrl`. Null when it is approved at once.',
          'https://2fa.example/2fa/company-panel?lang=nl#…',
        ),
      ),
    ),
    expiresAt: moment('When the challenge ends.', '2027-03-01T09:10:00.000Z'),
    policy: oneOf<Policy>(['off', 'optional', 'mandatory'], {
      description: 'The effective policy when the challenge started.',
      examples: ['mandatory'],
    }),
    client: said(
      'Which backend started it. Our page refuses the challenge of another.',
      'company-panel',
    ),
    language: said('Of the screens: a BCP 47 language tag.', 'nl-NL'),
    factors: Type.Array(FactorSchema, { description: 'The active ones, the primary first.' }),
    code: nullable(CodeSchema),
    noCode: nullable(NoCodeSchema),
    codesRemaining: counted('How many more codes may be asked for.', 4),
    accepts: Type.Array(oneOf(['code', 'recoveryCode', 'pass']), {
      description: 'What `verify` takes now, whether or not a code is alive.',
      examples: [['code', 'recoveryCode', 'pass']],
    }),
    knownDevice: nullable(KnownDeviceSchema),
    enrolment: nullable(EnrolmentSchema),
    edit: nullable(EditSchema),
    endReason: Type.Optional(
      oneOf<EndReason>(['user', 'used-up', 'denied', 'withdrawn', 'expired'], {
        description:
          'When `cancelled`: what ended it. `used-up`: all codes or guesses. `denied`: "it was not me". `withdrawn`: what it was for is gone.',
      }),
    ),
    minimumVersion: Type.Optional(said('When `upgrade_required`: of the app.', '3.2.0')),
    retryAt: Type.Optional(moment('When `locked`: until then.', '2027-03-02T08:12:00.000Z')),
    returnUrl: nullable(
      Type.String({
        description: 'Where our page sends the browser at the end.',
        examples: [null],
      }),
    ),
    returnTo: nullable(
      Type.String({
        description:
          'The `returnUrl` with `challenge` and a `proof`: only in the answer to the call that ' +
          'approved the challenge. After any other end, add `challenge` alone.',
        examples: [null],
      }),
    ),
    result: nullable(ResultSchema),
  },
  { $id: 'Challenge', description: 'Where one login stands: all that a screen needs.' },
);

export type ChallengeBody = Static<typeof ChallengeSchema>;

/** A reference, so that the API description contains the schema once. */
export const ChallengeRefSchema = Type.Unsafe<ChallengeBody>({ $ref: 'Challenge#' });
