import { alertTypes } from '../../src/domain/audit/audit.ts';
import type { Document } from './document.ts';

type Words = { what: string; details: Record<string, string | number | boolean> };

const factor = { method: 'call', hint: '316*****78' };
const device = { id: 'd-1', platform: 'android' };

/** What each alert means, with an example of its `details`. */
const alerts: Record<string, Words> = {
  'guesses.alarming': {
    what: 'Three wrong guesses in 24 hours that no approval took off.',
    details: {},
  },
  'user.careful': { what: 'Nine wrong guesses: codes have 8 digits from now on.', details: {} },
  'user.locked': { what: 'Too many wrong guesses: no more are taken for a while.', details: {} },
  'factor.added': {
    what: 'A phone number or the app was set up.',
    details: { ...factor, factorId: 'e7b32a77-9a41-4c0e-8a57-0d2f3b1c6e90' },
  },
  'factor.removed': { what: 'A factor was removed.', details: { ...factor, role: 'secondary' } },
  'factor.promoted': {
    what: 'A factor was made the primary.',
    details: { ...factor, role: 'secondary' },
  },
  'factors.reset': { what: 'An administrator removed all factors.', details: { removed: 2 } },
  'device.added': { what: 'A Qaller app starts to receive codes.', details: device },
  'device.refreshed': {
    what: 'A Qaller app has a new push token. With `waiting`, it gets no codes yet.',
    details: { ...device, waiting: true },
  },
  'known-device.added': { what: 'A browser or app is remembered.', details: {} },
  'known-device.removed': { what: 'A browser or app is remembered no more.', details: {} },
  'known-device.stolen': {
    what: 'An old token of a known device was used: it was ended.',
    details: {},
  },
  'challenge.denied': { what: 'The owner of the account said that it was not them.', details: {} },
  'pass.created': {
    what: 'An administrator made a pass for someone who lost their phone.',
    details: { minutes: 60 },
  },
  'pass.used': { what: 'The pass was used in a login.', details: {} },
  'recovery-codes.created': {
    what: 'New recovery codes replaced the old ones.',
    details: { codes: 10 },
  },
  'recovery-code.used': { what: 'A recovery code was used in a login.', details: {} },
};

const challengeId = '9a5b7c39-3a0f-4f0e-b1f2-6d1c0d9b8e11';

const headers = [
  ['webhook-id', 'Names this alert: the same at every attempt.', 'msg_2f1c8d0a9b'],
  ['webhook-timestamp', 'When this attempt was signed, in seconds since 1970.', '1803891620'],
  [
    'webhook-signature',
    'One signature, or several with a space between: `v1,` and the base64 of HMAC-SHA-256.',
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  ],
] as const;

/** Describes what the clients' endpoints are sent. @throws Error for an alert without words. */
export function addWebhooks(document: Document): void {
  document.components.schemas['Alert'] = AlertSchema;
  document.webhooks = Object.fromEntries(
    alertTypes.map((type) => [type, { post: describe(type) }]),
  );
}

function describe(type: string) {
  const words = alerts[type];
  if (!words) throw new Error(`The alert ${type} has no words yet: scripts/openapi/alerts.ts`);
  const { what, details } = words;
  const data = { organizationId: 'acme', userId: '42', challengeId, details };
  const value = { type, timestamp: '2027-03-01T09:00:20.000Z', data };
  return {
    operationId: `alert.${type}`,
    summary: what,
    description:
      'Sent to the webhook of each client that may see the organization. Answer with a 2xx within 5 ' +
      'seconds; anything else is tried again for a day and a half.',
    tags: ['Webhooks'],
    security: [],
    parameters: headers.map(([name, description, example]) => ({
      name,
      in: 'header',
      required: true,
      description,
      schema: { type: 'string', examples: [example] },
      example,
    })),
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Alert' },
          examples: { example: { value } },
        },
      },
    },
    responses: {
      '204': { description: 'It was taken.' },
      '4XX': { description: 'Try again later.' },
    },
  };
}

const nullableId = (description: string, example: string) => ({
  anyOf: [{ type: 'string' }, { type: 'null' }],
  description,
  examples: [example],
});

const AlertSchema = {
  type: 'object',
  description: 'An event of the audit trail, without network addresses.',
  required: ['type', 'timestamp', 'data'],
  properties: {
    type: {
      type: 'string',
      enum: [...alertTypes],
      description: 'What happened. More may be added: leave out those that you do not know.',
      examples: ['factor.added'],
    },
    timestamp: {
      type: 'string',
      format: 'date-time',
      description: 'When it happened, in UTC.',
      examples: ['2027-03-01T09:00:20.000Z'],
    },
    data: {
      type: 'object',
      description: 'Who it happened to, and in which login.',
      required: ['organizationId', 'userId', 'challengeId', 'details'],
      properties: {
        organizationId: nullableId('The organization.', 'acme'),
        userId: nullableId('The user.', '42'),
        challengeId: nullableId('The challenge it was a part of, if any.', challengeId),
        details: {
          type: 'object',
          additionalProperties: {},
          description: 'More about it: never a code, a token or a full number.',
          examples: [{ method: 'call', hint: '316*****78' }],
        },
      },
    },
  },
};
