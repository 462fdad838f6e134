import Type from 'typebox';
import { findChallenge } from '../../../domain/login/find-challenge.ts';
import { shownName } from '../../../domain/mode.ts';
import { clientOf, requireOrganization } from '../../credentials/credentials.ts';
import { note } from '../../request-log.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { OurId } from '../../schemas/fields.ts';
import { presentChallenge } from '../../schemas/present-challenge.ts';

export function findChallengeRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/v1/challenges/:challengeId',
    onRequest: credentials.apiKey('challenges'),
    schema: {
      operationId: 'findChallenge',
      summary: 'Where a challenge stands, for the client that started it',
      description: 'Until 15 minutes after its end. `result` is there while it can be redeemed.',
      tags: ['Challenges'],
      security: [{ apiKey: [] }],
      params: Type.Object({ challengeId: OurId }),
      response: { 200: ChallengeRefSchema },
    },
    handler: async (request) => {
      const { challengeId } = request.params;
      note(request, { challengeId });
      const context = await findChallenge(deps, challengeId, clientOf(request).name);
      requireOrganization(request, shownName(context.challenge.organizationId));
      return presentChallenge(presenter, context);
    },
  });
}
