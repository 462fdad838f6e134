import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type OpenDeps, openChallenge } from '../domain/challenge/open-challenge.ts';
import { Problem } from '../domain/problems.ts';
import { type ChallengeBody, type Presenter, presentChallenge } from './challenge-schema.ts';
import type { Redraw } from './errors.ts';
import { reasonOf } from './request-log.ts';

/** A token that is used too often gets a drawing this old at most: its refusals must cost little. */
const overusedMs = 5_000;

/** Draws the challenge of the token at hand for the problems that answer it. */
export function redrawWith(deps: OpenDeps, presenter: Presenter): Redraw {
  const draw = async ({ challengeRef, log }: FastifyRequest): Promise<ChallengeBody | null> => {
    if (!challengeRef) return null;
    try {
      return presentChallenge(presenter, await openChallenge(deps, challengeRef));
    } catch (error) {
      if (!Problem.is(error, 'challenge-expired'))
        log.warn({ reason: reasonOf(error) }, 'challenge not drawn');
      return null;
    }
  };
  const drawn = new LRUCache<string, Promise<ChallengeBody | null>>({
    max: 1_000,
    ttl: overusedMs,
  });
  return async (request) => {
    const { challengeRef, overused } = request;
    if (!challengeRef || !overused) return draw(request);
    const recent = drawn.get(challengeRef.id) ?? draw(request);
    drawn.set(challengeRef.id, recent, { noUpdateTTL: true });
    return recent;
  };
}
