import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Problem } from '../../domain/problems.ts';
import { receiveKey } from '../../domain/sending/receive-key.ts';
import { receiveReport } from '../../domain/sending/receive-report.ts';
import { problemResponses } from '../problems/problem-schema.ts';
import type { App, RouteContext } from '../route.ts';

const method = 'call';

/** Twilio reports on a call. */
export function reportCallRoute(app: App, http: RouteContext): void {
  const { deps } = http;
  acceptForms(app);
  pressKeyRoute(app, http);
  app.route({
    method: 'POST',
    url: '/webhooks/twilio/calls/:reference',
    schema: {
      operationId: 'reportCall',
      summary: 'How a call goes on, told by Twilio',
      description:
        'Signed by Twilio (`X-Twilio-Signature`). It only ever moves the delivery of a code forward.',
      tags: ['Operation'],
      consumes: ['application/x-www-form-urlencoded'],
      params: Type.Object({ reference: Type.String({ pattern: '^[\\w.-]+$' }) }),
      headers: Type.Object({ 'x-twilio-signature': Type.Optional(Type.String()) }),
      body: Type.Record(Type.String(), Type.String()),
      response: {
        204: Type.Null(),
        ...problemResponses('forbidden', 'not-found', 'unavailable'),
      },
    },
    handler: async (request, reply) => {
      const readReport = deps.channels.get(method)?.readReport;
      if (!readReport) throw new Problem('not-found');
      const report = await readReport({
        reference: request.params.reference,
        fields: request.body,
        signature: request.headers['x-twilio-signature'] ?? null,
      });
      if (report) await receiveReport(deps, method, report);
      return reply.code(204).send(null);
    },
  });
}

/** Twilio reports a pressed key. The answer is what the call says next. */
function pressKeyRoute(app: App, { deps }: RouteContext): void {
  app.route({
    method: 'POST',
    url: '/webhooks/twilio/calls/:reference/key',
    schema: {
      operationId: 'pressKey',
      summary: 'A key pressed in a call, told by Twilio',
      description: 'Signed by Twilio (`X-Twilio-Signature`). The answer is TwiML.',
      tags: ['Operation'],
      consumes: ['application/x-www-form-urlencoded'],
      params: Type.Object({ reference: Type.String({ pattern: '^[\\w.-]+$' }) }),
      headers: Type.Object({ 'x-twilio-signature': Type.Optional(Type.String()) }),
      body: Type.Record(Type.String(), Type.String()),
      response: {
        200: { description: 'TwiML.', content: { 'text/xml': { schema: Type.String() } } },
        ...problemResponses('forbidden', 'not-found', 'unavailable'),
      },
    },
    handler: async (request, reply) => {
      const readKey = deps.channels.get(method)?.readKey;
      if (!readKey) throw new Problem('not-found');
      const press = await readKey({
        reference: request.params.reference,
        fields: request.body,
        signature: request.headers['x-twilio-signature'] ?? null,
      });
      return reply.type('text/xml').send(await receiveKey(deps, press));
    },
  });
}

function acceptForms(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string | Buffer) =>
      Object.fromEntries(new URLSearchParams(String(body))),
  );
}
