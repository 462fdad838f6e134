import Type, { type Static } from 'typebox';
import { nullable } from './fields.ts';

const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC.' });
const Method = Type.String({ examples: ['call', 'push'] });
const Hint = Type.String({
  description: 'What a screen may show of where codes go: `316*****78`, `Qaller (2)`.',
});

const destinationFields = {
  app: nullable(Type.String({ description: 'The app that a push goes to. Null for a call.' })),
  devices: nullable(
    Type.Integer({ description: 'How many devices receive a push now, 0 too. Null for a call.' }),
  ),
};

const CodeSchema = Type.Object({
  factorId: Type.String(),
  method: Method,
  hint: Hint,
  ...destinationFields,
  from: nullable(
    Type.String({
      description: 'The number that calls. Null for a push.',
      examples: ['+31508200000'],
    }),
  ),
  length: Type.Integer({ description: 'How many digits the user has to enter.' }),
  sentAt: Time,
  expiresAt: Type.String({
    format: 'date-time',
    description: 'Comes nearer when a call is answered: its 30 seconds start then.',
  }),
  resendAt: Type.String({ format: 'date-time', description: 'When another may be asked for.' }),
  attemptsRemaining: Type.Integer(),
  delivery: Type.String({
    description:
      'How far it has come. Where Twilio tells us, a call goes on to `ringing`, `answered` and ' +
      '`completed`, or ends as `busy`, `no-answer` or `failed`; then `resendAt` is now.',
    examples: ['accepted', 'ringing', 'answered', 'completed', 'busy', 'no-answer', 'failed'],
  }),
});

const NoCodeSchema = Type.Object({
  reason: Type.String({
    description:
      '`not-sent`: no code was asked for. `pass-required`: a first factor needs a pass before. `withdrawn`: its factor was removed, or longer codes are needed now. Others ' +
      'are the end of the last code, or the problem that refused one.',
    examples: [
      'not-sent',
      'pass-required',
      'expired',
      'attempts-exhausted',
      'too-many-requests',
      'destination-not-allowed',
      'no-device',
      'withdrawn',
    ],
  }),
  retryAt: nullable(Type.String({ format: 'date-time', description: 'Null: at once.' })),
  factorId: nullable(Type.String({ description: 'Of the factor in play. Null before any.' })),
  method: nullable(Method),
  hint: nullable(Hint),
});

const EnrolmentSchema = Type.Object({
  step: Type.String({ examples: ['primary', 'backup'] }),
  skippable: Type.Boolean(),
  mandatoryFrom: nullable(
    Type.String({
      format: 'date-time',
      description: 'From when on the first factor may not be put off any more.',
    }),
  ),
  methods: Type.Array(Method, { description: 'Those that can be set up now.' }),
  unavailable: Type.Array(
    Type.Object({
      method: Method,
      reason: Type.String({
        description: 'The problem that it would meet.',
        examples: ['no-device'],
      }),
    }),
  ),
});

const ResultSchema = Type.Object({
  token: Type.String({ description: 'To be redeemed once, by the client that began.' }),
  expiresAt: Time,
  amr: Type.Array(Type.String(), { examples: [['pwd', 'mfa', 'otp', 'tel']] }),
});

/** Everything that a 2FA screen needs. */
export const ChallengeSchema = Type.Object(
  {
    id: Type.String(),
    purpose: Type.String({ examples: ['login', 'step-up'] }),
    status: Type.String({
      description:
        'Which screen to show. `verify`: enter the code. `enrol`: set up a factor. `approved`: ' +
        'let the user in. `upgrade_required`: update the app. `locked`: try again at `retryAt`. `cancelled`: back to the login page.',
      examples: ['verify', 'enrol', 'approved', 'upgrade_required', 'locked', 'cancelled'],
    }),
    now: Type.String({
      format: 'date-time',
      description: "The service's clock. Countdowns count from it.",
    }),
    challengeToken: Type.Optional(
      Type.String({
        description:
          'Opens this challenge, and may be handed to a browser. Only in answers to an API key that ' +
          'begin a challenge.',
      }),
    ),
    pageUrl: Type.Optional(
      nullable(
        Type.String({
          description:
            'Where the backend sends the browser, with the token in its fragment. Only in the answer ' +
            'that starts a challenge with a `returnUrl`. Null when it is approved at once.',
          examples: ['https://2fa.example/2fa/company-panel?lang=nl#…'],
        }),
      ),
    ),
    expiresAt: Time,
    policy: Type.String({ examples: ['off', 'optional', 'mandatory'] }),
    client: Type.String({
      description: 'Which backend started it. Our page refuses the challenge of another.',
      examples: ['company-panel'],
    }),
    language: Type.String({ examples: ['nl-NL'] }),
    factors: Type.Array(
      Type.Object({
        id: Type.String(),
        method: Method,
        role: Type.String({ examples: ['primary', 'secondary'] }),
        hint: Hint,
        ...destinationFields,
      }),
      { description: 'The active ones, the primary first.' },
    ),
    code: nullable(CodeSchema),
    noCode: nullable(NoCodeSchema),
    codesRemaining: Type.Integer({ description: 'How many more codes may be asked for.' }),
    accepts: Type.Array(Type.String({ examples: ['code', 'recoveryCode', 'pass'] }), {
      description: 'What `verify` takes now, whether or not a code is alive.',
    }),
    enrolment: nullable(EnrolmentSchema),
    endReason: Type.Optional(
      Type.String({
        description: 'When `cancelled`: who or what ended it.',
        examples: ['user', 'used-up', 'withdrawn', 'expired'],
      }),
    ),
    minimumVersion: Type.Optional(Type.String()),
    retryAt: Type.Optional(Type.String({ format: 'date-time', description: 'When `locked`.' })),
    returnUrl: nullable(
      Type.String({ description: 'Where our page sends the browser at the end.' }),
    ),
    returnTo: nullable(
      Type.String({
        description:
          'The `returnUrl` with `challenge` and a `proof`: only in the answer to the call that ' +
          'approved the challenge. After any other end, add `challenge` alone.',
      }),
    ),
    result: nullable(ResultSchema),
  },
  { $id: 'Challenge' },
);

export type ChallengeBody = Static<typeof ChallengeSchema>;

/** A reference, so that the API description contains the schema once. */
export const ChallengeRefSchema = Type.Unsafe<ChallengeBody>({ $ref: 'Challenge#' });
