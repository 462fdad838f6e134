import type { TestDeps } from '../../../domain/test-mode/test-deps.ts';
import type { RouteList } from '../../route.ts';
import { advanceChallengeRoute } from './advance-challenge.ts';
import { readCodeRoute } from './read-code.ts';

/** Calls that exist in test mode alone. */
export const testRoutes = (test: TestDeps): RouteList => [
  readCodeRoute(test),
  advanceChallengeRoute(test),
];
