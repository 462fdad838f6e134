import { Readable } from 'node:stream';
import Type, { type Static } from 'typebox';
import { allEvents } from '../../domain/audit/all-events.ts';
import type { RecordedEvent } from '../../domain/audit/audit.ts';
import { preferredType } from '../accept.ts';
import { CallerHeaders } from '../credentials/caller.ts';
import type { App, RouteContext } from '../route.ts';
import { OpaqueId, OrganizationParams } from '../schemas/fields.ts';
import { limitOf, listOf, pageOf, pageQuery, readCursor } from '../schemas/paging.ts';

const MaybeText = Type.Union([Type.String(), Type.Null()]);

const EventSchema = Type.Object({
  id: Type.String(),
  at: Type.String({ format: 'date-time' }),
  type: Type.String({ examples: ['challenge.approved', 'code.wrong', 'factor.added'] }),
  userId: MaybeText,
  actor: MaybeText,
  client: MaybeText,
  app: MaybeText,
  appVersion: MaybeText,
  challengeId: MaybeText,
  address: MaybeText,
  details: Type.Record(Type.String(), Type.Unknown()),
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
      tags: ['Users'],
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
            [ndjson]: { schema: Type.String() },
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
    client: event.client,
    app: event.app,
    appVersion: event.appVersion,
    challengeId: event.challengeId,
    address: event.address,
    details: event.details,
  };
}
