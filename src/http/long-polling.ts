import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import Type from 'typebox';
import type { LoginContext } from '../domain/challenge/challenge.ts';
import { openChallenge } from '../domain/challenge/open-challenge.ts';
import { changeWaiters } from '../domain/login/await-change.ts';
import { challengeOf } from './credentials/credentials.ts';
import { type KnownTags, readIfNoneMatch } from './if-none-match.ts';
import type { RouteContext } from './route.ts';
import type { ChallengeBody } from './schemas/challenge-schema.ts';
import { presentChallenge } from './schemas/present-challenge.ts';

/** Query parameters of long polling. Their values are texts. */
export const WaitSchema = Type.Object(
  {
    wait: Type.Optional(
      Type.String({
        pattern: '^(1?[0-9]|2[0-5])$',
        description:
          'For how many seconds to hold the answer at most: 0 to 25. A fifth call that waits for ' +
          'the same challenge ends the first.',
        examples: ['25'],
      }),
    ),
  },
  { additionalProperties: false },
);

export const ConditionalHeaders = Type.Object({
  'if-none-match': Type.Optional(
    Type.String({
      description: 'Tags of answers that the caller has; compared weakly (RFC 9110).',
      examples: ['"_yLQHDKviu-A_ptr"'],
    }),
  ),
});

/** A challenge as presented, with its `ETag` (RFC 9110). */
export type Drawn = {
  body: ChallengeBody;
  tag: string;
  /** Whether the caller already has this version. */
  known: boolean;
};

type Wait = { waitMs: number; ifNoneMatch: string | undefined };

export type AnswerChallenge = (request: FastifyRequest, wait: Wait) => Promise<Drawn>;

/** A waiting caller gets the challenge when it differs from theirs, or when the wait ends. */
export function longPolling({ deps, presenter, stopping }: RouteContext): AnswerChallenge {
  const awaitChange = changeWaiters(deps);
  const draw = (context: LoginContext) => tagged(presentChallenge(presenter, context));
  return async (request, { waitMs, ifNoneMatch }) => {
    const { admitted, ...ref } = challengeOf(request);
    const named = readIfNoneMatch(ifNoneMatch);
    if (waitMs === 0) {
      const now = draw(await openChallenge(deps, challengeOf(request)));
      return { ...now, known: named === 'any' || isIn(named, now.tag) };
    }
    await admitted;
    let known: KnownTags = named === 'any' ? null : named;
    const over = AbortSignal.any([AbortSignal.timeout(waitMs), request.signal, stopping]);
    const isNews = (context: LoginContext) => {
      const { tag } = draw(context);
      known ??= [tag];
      return !isIn(known, tag);
    };
    const then = draw(await awaitChange(ref, { isNews, over }));
    return { ...then, known: named !== null && isIn(known, then.tag) };
  };
}

function isIn(known: KnownTags, tag: string): boolean {
  return known?.includes(tag) ?? false;
}

function tagged(body: ChallengeBody): { body: ChallengeBody; tag: string } {
  // The passing of time is no change.
  const text = JSON.stringify(body, (key, value) => (key === 'now' ? undefined : value));
  const digest = createHash('sha256').update(text).digest();
  return { body, tag: `"${digest.subarray(0, 12).toString('base64url')}"` };
}
