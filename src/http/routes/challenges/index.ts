import type { RouteList } from '../../route.ts';
import { findChallengeRoute } from './find-challenge.ts';
import { startChallengeRoute } from './start-challenge.ts';

/** Calls about challenges with an API key. */
export const challengesRoutes: RouteList = [startChallengeRoute, findChallengeRoute];
