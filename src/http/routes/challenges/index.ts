import type { RouteList } from '../../route.ts';
import { startChallengeRoute } from './start-challenge.ts';

/** What a backend does with challenges, behind an API key. */
export const challengesRoutes: RouteList = [startChallengeRoute];
