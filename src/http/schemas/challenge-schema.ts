import Type, { type Static } from 'typebox';
import type { Challenge, LoginContext } from '../../domain/challenge/challenge.ts';
import { liveCode } from '../../domain/challenge/code-in-play.ts';
import { enrolmentOf } from '../../domain/challenge/enrolment.ts';
import { isLocked, type Stage, stageOf } from '../../domain/challenge/stage.ts';
import { factorKind } from '../../domain/factors/index.ts';
import type { Settings } from '../../domain/ports.ts';
import type { Tokens } from '../credentials/tokens.ts';

const nullable = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Time = Type.String({ format: 'date-time', description: 'RFC 3339, in UTC.' });
const Method = Type.String({ examples: ['call', 'push'] });
const Hint = Type.String({
  description: 'What a screen may show of where codes go: `316*****78`, `Qaller (2)`.',
});

const CodeSchema = Type.Object({
  factorId: Type.String(),
  method: Method,
  hint: Hint,
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

const EnrolmentSchema = Type.Object({
  step: Type.String({ examples: ['primary', 'backup'] }),
  skippable: Type.Boolean(),
  methods: Type.Array(Method),
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
    challengeToken: Type.Optional(
      Type.String({
        description:
          'Opens this challenge, and may be handed to a browser. Only in answers to an API key that ' +
          'begin a challenge.',
      }),
    ),
    expiresAt: Time,
    policy: Type.String({ examples: ['off', 'optional', 'mandatory'] }),
    language: Type.String({ examples: ['nl-NL'] }),
    factors: Type.Array(
      Type.Object({
        id: Type.String(),
        method: Method,
        role: Type.String({ examples: ['primary', 'secondary'] }),
        hint: Hint,
      }),
      { description: 'The active ones, the primary first.' },
    ),
    code: nullable(CodeSchema),
    enrolment: nullable(EnrolmentSchema),
    minimumVersion: Type.Optional(Type.String()),
    retryAt: Type.Optional(Type.String({ format: 'date-time', description: 'When `locked`.' })),
    result: nullable(ResultSchema),
  },
  { $id: 'Challenge' },
);

export type ChallengeBody = Static<typeof ChallengeSchema>;

/** A reference, so that the API description contains the schema once. */
export const ChallengeRefSchema = Type.Unsafe<ChallengeBody>({ $ref: 'Challenge#' });

export type Presenter = { settings: Settings; tokens: Tokens };

/** Presents a challenge to the holder of its token: hints only, no full address. */
export function presentChallenge(
  { settings, tokens }: Presenter,
  context: LoginContext,
): ChallengeBody {
  const { challenge } = context;
  return {
    id: challenge.id,
    purpose: challenge.purpose,
    status: statusOf(stageOf(context)),
    expiresAt: iso(challenge.expiresAt),
    policy: challenge.policy,
    language: challenge.language,
    factors: presentFactors(context),
    code: presentCode(context),
    enrolment: enrolmentOf(context, settings),
    ...retryAt(context),
    ...(challenge.minimumVersion && { minimumVersion: challenge.minimumVersion }),
    result: presentResult(context, tokens),
  };
}

/** Also contains the token. For answers that start a challenge. */
export function presentWithToken(presenter: Presenter, context: LoginContext): ChallengeBody {
  const challengeToken = presenter.tokens.signChallenge(context.challenge);
  return { ...presentChallenge(presenter, context), challengeToken };
}

function retryAt(context: LoginContext): Pick<ChallengeBody, 'retryAt'> {
  const { lockedUntil } = context.user;
  const locked = stageOf(context) === 'locked' && lockedUntil;
  return locked ? { retryAt: lockedUntil.toISOString() } : {};
}

function statusOf(stage: Stage): string {
  return stage === 'confirm' ? 'verify' : stage;
}

function presentFactors({ user }: LoginContext): ChallengeBody['factors'] {
  const drawn = user.factors.map(({ id, method, role, address }) => {
    return { id, method, role, hint: factorKind(method).hint(address, user.devices.length) };
  });
  return drawn.sort((a, b) => Number(b.role === 'primary') - Number(a.role === 'primary'));
}

function presentCode(context: LoginContext): ChallengeBody['code'] {
  // The code of a locked user may be alive, but guesses are refused.
  const useless = stageOf(context) === 'cancelled' || isLocked(context);
  const code = useless ? null : liveCode(context);
  return (
    code && {
      factorId: code.factorId,
      method: code.method,
      hint: code.hint,
      length: code.length,
      sentAt: iso(code.sentAt),
      expiresAt: iso(code.expiresAt),
      resendAt: iso(code.resendAt),
      attemptsRemaining: context.challenge.attemptsRemaining,
      delivery: code.delivery,
    }
  );
}

function presentResult(
  { challenge, now }: { challenge: Challenge; now: number },
  tokens: Tokens,
): ChallengeBody['result'] {
  const { approval, redeemedBy } = challenge;
  const token = tokens.signResult(challenge);
  if (!approval || !token || redeemedBy || now >= approval.resultExpiresAt) return null;
  return { token, expiresAt: iso(approval.resultExpiresAt), amr: approval.amr };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
