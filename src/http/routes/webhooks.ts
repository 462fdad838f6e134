import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import { Problem } from '../../domain/problems.ts';
import { receiveReport } from '../../domain/sending/receive-report.ts';
import type { App, Http } from '../context.ts';
import { problemResponses } from '../problem-schema.ts';

const method = 'call';

/** What Twilio tells of a call that it placed for us. */
export function reportCallRoute(app: App, { deps }: Http): void {
  acceptForms(app);
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

function acceptForms(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string | Buffer) =>
      Object.fromEntries(new URLSearchParams(String(body))),
  );
}
