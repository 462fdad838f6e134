import Type from 'typebox';
import { ConditionalHeaders, longPolling, WaitSchema } from '../../long-polling.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { tokenCall } from './token-call.ts';

export function getChallengeRoute(app: App, http: RouteContext): void {
  const answerChallenge = longPolling(http);
  app.route({
    method: 'GET',
    url: '/v1/challenge',
    onRequest: http.credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'getChallenge',
      summary: 'Where the challenge stands',
      description:
        'With `wait`, the answer is held until it is another one than when the call came, or than ' +
        'the one whose `ETag` is sent as `If-None-Match`, so that no change is missed between two ' +
        'calls. With `If-None-Match`, an answer that is still the same is 304.',
      querystring: WaitSchema,
      headers: ConditionalHeaders,
      response: {
        200: ChallengeRefSchema,
        304: Type.Null({ description: 'Still the same as the one named.' }),
      },
    },
    handler: async (request, reply) => {
      const ifNoneMatch = request.headers['if-none-match'];
      const waitMs = Number(request.query.wait ?? 0) * 1000;
      const { body, tag, known } = await answerChallenge(request, { waitMs, ifNoneMatch });
      reply.header('etag', tag);
      return known ? reply.code(304).send(null) : body;
    },
  });
}
