import Type from 'typebox';
import { findChallenge } from '../../../domain/login/find-challenge.ts';
import { shownName } from '../../../domain/mode.ts';
import { clientOf, requireOrganization } from '../../credentials/credentials.ts';
import { note } from '../../request-log.ts';
import type { App, RouteContext } from '../../route.ts';
import { ChallengeRefSchema } from '../../schemas/challenge-schema.ts';
import { OurId } from '../../schemas/fields.ts';
import { presentToBackend } from '../../schemas/present-handover.ts';

const ProofSchema = Type.Object(
  {
    proof: Type.Optional(
      Type.String({
        maxLength: 128,
        examples: ['2Qd0dXbJ7mYQv3mJm1b0cOa4Pj9y0hW1s6m0o1d2e3E'],
        description: 'What our page added to the `returnUrl`. A wrong one shows no `result`.',
      }),
    ),
  },
  { additionalProperties: false },
);

export function findChallengeRoute(app: App, { deps, credentials, presenter }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/v1/challenges/:challengeId',
    onRequest: credentials.apiKey('challenges'),
    schema: {
      operationId: 'findChallenge',
      summary: 'Where a challenge stands, for the client that started it',
      description:
        'Until 15 minutes after its end. `result` is there while it can be redeemed. After a ' +
        '`returnUrl` it is there only for the right `proof`.',
      tags: ['Challenges'],
      security: [{ apiKey: [] }],
      params: Type.Object({ challengeId: OurId }),
      querystring: ProofSchema,
      response: { 200: ChallengeRefSchema },
    },
    handler: async (request) => {
      const { challengeId } = request.params;
      note(request, { challengeId });
      const context = await findChallenge(deps, challengeId, clientOf(request).name);
      requireOrganization(request, shownName(context.challenge.organizationId));
      return presentToBackend(presenter, context, request.query.proof);
    },
  });
}
