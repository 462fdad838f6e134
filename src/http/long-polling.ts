import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { LoginContext } from '../domain/challenge/challenge.ts';
import { openChallenge } from '../domain/challenge/open-challenge.ts';
import { awaitChange } from '../domain/login/await-change.ts';
import { type ChallengeBody, presentChallenge } from './challenge-schema.ts';
import type { Http } from './context.ts';
import { challengeOf } from './credentials.ts';

/** How a caller asks for an answer to be held; query values are texts. */
export const WaitSchema = Type.Object(
  {
    wait: Type.Optional(
      Type.String({
        pattern: '^(1?[0-9]|2[0-5])$',
        description: 'For how many seconds to hold the answer at most: 0 to 25.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const ConditionalHeaders = Type.Object({
  'if-none-match': Type.Optional(Type.String({ maxLength: 64 })),
});

/** A challenge as it is drawn, and what tells two drawings apart (`ETag`, RFC 9110). */
export type Drawn = { body: ChallengeBody; tag: string };

/**
 * The challenge as it stands; or, when the caller waits, as soon as it is another than the one he has
 * seen, and at the latest when he is gone or the service stops.
 */
export async function answerChallenge(
  { deps, presenter, stopping }: Http,
  request: FastifyRequest,
  { waitMs, seen }: { waitMs: number; seen: string | undefined },
): Promise<Drawn> {
  const ref = challengeOf(request);
  const draw = (context: LoginContext) => tagged(presentChallenge(presenter, context));
  const now = draw(await openChallenge(deps, ref));
  const known = seen ?? now.tag;
  if (waitMs === 0 || now.tag !== known) return now;
  const over = AbortSignal.any([AbortSignal.timeout(waitMs), request.signal, stopping]);
  const isNews = (context: LoginContext) => draw(context).tag !== known;
  return draw(await awaitChange(deps, ref, { isNews, over }));
}

function tagged(body: ChallengeBody): Drawn {
  const digest = createHash('sha256').update(JSON.stringify(body)).digest();
  return { body, tag: `"${digest.subarray(0, 12).toString('base64url')}"` };
}
