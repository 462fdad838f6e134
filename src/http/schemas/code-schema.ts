import Type from 'typebox';
import type { DeliveryState } from '../../domain/challenge/challenge.ts';
import type { NoCodeReason } from '../../domain/challenge/no-code.ts';
import { counted, MethodSchema, moment, nullable, oneOf, said } from './fields.ts';

/** The code in play, or why there is none. */

export const Hint = said('What a screen may show of where codes go.', '316*****78', 'Qaller (2)');

export const destinationFields = {
  app: nullable(
    Type.String({
      description: 'The app that a push goes to. Null for a call.',
      examples: [null, 'Qaller'],
    }),
  ),
  devices: nullable(
    Type.Integer({
      description: 'How many devices receive a push now, 0 too. Null for a call.',
      examples: [null, 2],
    }),
  ),
};

const deliveries = [
  'accepted',
  'ringing',
  'answered',
  'completed',
  'busy',
  'no-answer',
  'failed',
] as const satisfies DeliveryState[];

export const CodeSchema = Type.Object(
  {
    factorId: said('Where it was sent.', 'e7b32a77-9a41-4c0e-8a57-0d2f3b1c6e90'),
    method: MethodSchema,
    hint: Hint,
    ...destinationFields,
    from: nullable(said('The number that calls. Null for a push.', '+31508200000')),
    length: counted('How many digits the user has to enter.', 4),
    sentAt: moment('When it was sent.'),
    expiresAt: moment(
      'Comes nearer when a call is answered: its 30 seconds start then.',
      '2027-03-01T09:00:30.000Z',
    ),
    resendAt: moment('When another may be asked for.', '2027-03-01T09:00:30.000Z'),
    attemptsRemaining: counted('How many wrong guesses are left for this code.', 5),
    delivery: oneOf<DeliveryState>(deliveries, {
      description:
        'How far it has come. Where Twilio tells us, a call goes on to `ringing`, `answered` and ' +
        '`completed`, or ends as `busy`, `no-answer` or `failed`; then `resendAt` is now.',
    }),
  },
  { description: 'The code that can be entered now, else null.' },
);

const reasons = [
  'not-sent',
  'pass-required',
  'expired',
  'attempts-exhausted',
  'too-many-requests',
  'denied',
  'destination-not-allowed',
  'no-device',
  'withdrawn',
] as const satisfies NoCodeReason[];

export const NoCodeSchema = Type.Object(
  {
    reason: oneOf<NoCodeReason>(reasons, {
      description:
        '`not-sent`: no code was asked for. `pass-required`: a first factor needs a pass before. `withdrawn`: its factor was removed, or longer codes are needed now. `denied`: somebody said "it was not me". Others ' +
        'are the end of the last code, or the problem that refused one.',
      examples: ['expired'],
    }),
    retryAt: nullable(
      Type.String({ format: 'date-time', description: 'Null: at once.', examples: [null] }),
    ),
    factorId: nullable(
      said('Of the factor in play. Null before any.', 'e7b32a77-9a41-4c0e-8a57-0d2f3b1c6e90'),
    ),
    method: nullable({ ...MethodSchema, examples: ['call'] }),
    hint: nullable(Hint),
  },
  { description: 'Why `code` is null in status `verify`, else null.' },
);
