import type { FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type OpenDeps, openChallenge } from '../../domain/challenge/open-challenge.ts';
import { Problem } from '../../domain/problems.ts';
import { reasonOf } from '../request-log.ts';
import type { ChallengeBody } from '../schemas/challenge-schema.ts';
import { type Presenter, presentChallenge } from '../schemas/present-challenge.ts';
import type { ProblemChallenge } from './errors.ts';

/** A token that is used too often gets a copy of at most this age: its refusals must cost little. */
const overusedMs = 5_000;

/** Presents the challenge of the request's token inside a problem. */
export function problemChallenges(deps: OpenDeps, presenter: Presenter): ProblemChallenge {
  const present = async ({ challengeRef, log }: FastifyRequest): Promise<ChallengeBody | null> => {
    if (!challengeRef) return null;
    try {
      const { admitted: _, ...ref } = challengeRef;
      return presentChallenge(presenter, await openChallenge(deps, ref));
    } catch (error) {
      if (!Problem.is(error, 'challenge-expired'))
        log.warn({ reason: reasonOf(error) }, 'challenge not shown');
      return null;
    }
  };
  const presented = new LRUCache<string, Promise<ChallengeBody | null>>({
    max: 1_000,
    ttl: overusedMs,
  });
  return async (request) => {
    const { challengeRef } = request;
    await challengeRef?.admitted?.catch(() => {});
    if (!challengeRef || !request.overused) return present(request);
    const recent = presented.get(challengeRef.id) ?? present(request);
    presented.set(challengeRef.id, recent, { noUpdateTTL: true });
    return recent;
  };
}
