import type { FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { denyByKey } from '../../domain/login/deny-code.ts';
import { Problem } from '../../domain/problems.ts';
import { receiveKey } from '../../domain/sending/receive-key.ts';
import { receiveReport } from '../../domain/sending/receive-report.ts';
import { problemResponses } from '../problems/problem-schema.ts';
import type { App, RouteContext } from '../route.ts';
import { said } from '../schemas/fields.ts';

const method = 'call';
const formType = 'application/x-www-form-urlencoded';
const callUrl = '/webhooks/twilio/calls/:reference';

/** What Twilio sends about a call. */
const aboutCall = {
  tags: ['Operation'],
  consumes: [formType],
  params: Type.Object({
    reference: Type.String({
      pattern: '^[\\w.-]+$',
      description: 'Which call, sealed: Twilio gets it with the call.',
      examples: ['k1.q83J0fTc2w'],
    }),
  }),
  headers: Type.Object({
    'x-twilio-signature': Type.Optional(
      said('Over the address and the form.', 'RSOYDt4T1cUTdK1PDd93/VVr8B8='),
    ),
  }),
  body: Type.Record(Type.String(), Type.String(), {
    examples: [{ CallSid: 'CA0123456789abcdef0123456789abcdef', CallStatus: 'ringing' }],
  }),
};

/** Twilio reports on a call. */
export function reportCallRoute(app: App, http: RouteContext): void {
  const { deps } = http;
  acceptForms(app);
  pressKeyRoute(app, http);
  app.route({
    method: 'POST',
    url: callUrl,
    schema: {
      ...aboutCall,
      operationId: 'reportCall',
      summary: 'How a call goes on, told by Twilio',
      description:
        'Signed by Twilio (`X-Twilio-Signature`). It only ever moves the delivery of a code forward.',
      response: {
        204: Type.Null(),
        ...problemResponses('forbidden', 'not-found', 'unavailable'),
      },
    },
    handler: async (request, reply) => {
      const readReport = deps.channels.get(method)?.readReport;
      if (!readReport) throw new Problem('not-found');
      const report = await readReport(formOf(request));
      if (report) await receiveReport(deps, method, report);
      return reply.code(204).send(null);
    },
  });
}

/** Twilio reports a pressed key. The answer is what the call says next. */
function pressKeyRoute(app: App, { deps }: RouteContext): void {
  app.route({
    method: 'POST',
    url: `${callUrl}/key`,
    schema: {
      ...aboutCall,
      operationId: 'pressKey',
      summary: 'A key pressed in a call, told by Twilio',
      description: 'Signed by Twilio (`X-Twilio-Signature`). The answer is TwiML.',
      response: {
        200: {
          description: 'TwiML.',
          content: { 'text/xml': { schema: said('TwiML.', '<Response><Hangup/></Response>') } },
        },
        ...problemResponses('forbidden', 'not-found', 'unavailable'),
      },
    },
    handler: async (request, reply) => {
      const readKey = deps.channels.get(method)?.readKey;
      if (!readKey) throw new Problem('not-found');
      const press = await readKey(formOf(request));
      const words = press.denied ? denyByKey(deps, press, method) : receiveKey(deps, press);
      return reply.type('text/xml').send(await words);
    },
  });
}

type AboutCall = {
  params: Static<typeof aboutCall.params>;
  headers: Static<typeof aboutCall.headers>;
  body: Static<typeof aboutCall.body>;
};

function formOf({ params, headers, body }: AboutCall) {
  return {
    reference: params.reference,
    fields: body,
    signature: headers['x-twilio-signature'] ?? null,
  };
}

function acceptForms(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    formType,
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string | Buffer) =>
      Object.fromEntries(new URLSearchParams(String(body))),
  );
}
