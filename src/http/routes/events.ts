import { Readable } from 'node:stream';
import Type, { type Static } from 'typebox';
import { allEvents } from '../../domain/audit/all-events.ts';
import { auditTypes, type RecordedEvent } from '../../domain/audit/audit.ts';
import { shownName } from '../../domain/mode.ts';
import { preferredType } from '../accept.ts';
import { CallerHeaders } from '../credentials/caller.ts';
import type { App, RouteContext } from '../route.ts';
import { moment, OpaqueId, OrganizationParams, oneOf, said } from '../schemas/fields.ts';
import { limitOf, listOf, pageOf, pageQuery, readCursor } from '../schemas/paging.ts';

const maybe = (description: string, ...examples: (string | null)[]) =>
  Type.Union([Type.String(), Type.Null()], { description, examples });

const EventSchema = Type.Object({
  id: said('Grows with time.', '1207'),
  at: moment('When it happened.'),
  type: oneOf(auditTypes, { description: 'What happened.', examples: ['factor.added'] }),
  userId: maybe('Who it happened to.', '42'),
  actor: maybe('Who did it: a user id.', '42'),
  client: maybe('The client that asked for it.', 'company-panel'),
  app: maybe('What the user was signing in to.', 'company-panel'),
  appVersion: maybe('The version of that app, as it was sent.', null, '3.2.0'),
  challengeId: maybe('The challenge it was a part of.', '9a5b7c39-3a0f-4f0e-b1f2-6d1c0d9b8e11'),
  address: maybe('The network address of the person.', '203.0.113.7'),
  details: Type.Record(Type.String(), Type.Unknown(), {
    description: 'More about it: never a code, a token or a full number.',
    examples: [{ method: 'call', hint: '316*****78' }],
  }),
});

/** Within the database's range for ids. */
const eventId = /^\d{1,18}$/;

const json = 'application/json';
const ndjson = 'application/x-ndjson';

export function listEventsRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/v1/organizations/:organizationId/events',
    onRequest: credentials.apiKey('admin'),
    schema: {
      operationId: 'listEvents',
      summary: 'The audit trail, newest first',
      description: `Where \`Accept\` prefers \`${ndjson}\`, all of it, streamed, an event a line.`,
      tags: ['Organizations'],
      security: [{ apiKey: [] }],
      params: OrganizationParams,
      headers: CallerHeaders,
      querystring: Type.Object(
        { ...pageQuery, userId: Type.Optional(OpaqueId) },
        { additionalProperties: false },
      ),
      response: {
        200: {
          description: 'A page of events, or all of them.',
          content: {
            [json]: { schema: listOf(EventSchema) },
            [ndjson]: { schema: said('An event a line.', '{"id":"1207","type":"factor.added"}') },
          },
        },
      },
    },
    handler: async (request, reply) => {
      const { organizationId } = request.params;
      const { userId = null, cursor } = request.query;
      if (preferredType(request.headers.accept, [json, ndjson]) === ndjson) {
        const lines = toLines(allEvents(deps.trail, { organizationId, userId }));
        // The schema describes a text; Fastify sends it as a stream.
        return reply.type(ndjson).send(Readable.from(lines) as unknown as string);
      }
      const limit = limitOf(request.query);
      const before = readCursor('events', cursor, eventId);
      const asked = { organizationId, userId, before, limit: limit + 1 };
      return pageOf('events', await deps.trail.list(asked), {
        limit,
        position: ({ id }) => id,
        present: presentEvent,
      });
    },
  });
}

async function* toLines(events: AsyncIterable<RecordedEvent>): AsyncGenerator<string> {
  for await (const event of events) yield `${JSON.stringify(presentEvent(event))}\n`;
}

function presentEvent(event: RecordedEvent): Static<typeof EventSchema> {
  return {
    id: event.id,
    at: event.at.toISOString(),
    type: event.type,
    userId: event.userId,
    actor: event.actor,
    client: event.client && shownName(event.client),
    app: event.app && shownName(event.app),
    appVersion: event.appVersion,
    challengeId: event.challengeId,
    address: event.address,
    details: event.details,
  };
}
