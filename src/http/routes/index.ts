import type { TestDeps } from '../../domain/test-mode/test-deps.ts';
import type { App, DepsOfModes, RouteContext, RouteList } from '../route.ts';
import { denyCodeRoute } from './challenge/deny-code.ts';
import { challengeRoutes } from './challenge/index.ts';
import { challengesRoutes } from './challenges/index.ts';
import { devicesRoutes } from './devices/index.ts';
import { listEventsRoute } from './events.ts';
import { factorsRoutes } from './factors/index.ts';
import { healthRoutes } from './health.ts';
import { metricsRoute } from './metrics.ts';
import { organizationsRoutes } from './organizations/index.ts';
import { problemsRoutes } from './problems.ts';
import { resultsRoutes } from './results.ts';
import { testRoutes } from './test/index.ts';
import { usersRoutes } from './users/index.ts';
import { reportCallRoute } from './webhooks.ts';

const modeRoutes: RouteList = [
  ...challengesRoutes,
  ...challengeRoutes,
  ...resultsRoutes,
  ...organizationsRoutes,
  ...usersRoutes,
  ...factorsRoutes,
  ...devicesRoutes,
  listEventsRoute,
];

const otherRoutes: RouteList = [...healthRoutes, metricsRoute, ...problemsRoutes];

/** Every call of the API with a live credential, and those without one. */
export function addRoutes(app: App, http: RouteContext, modes: DepsOfModes): void {
  for (const add of [...modeRoutes, denyCodeRoute(modes), ...otherRoutes]) add(app, http);
  // Only Twilio sends forms, so only its routes read them.
  app.register(async (scope) => reportCallRoute(scope.withTypeProvider(), http));
}

/** The same calls, and those that exist in test mode alone. */
export function addTestRoutes(app: App, http: RouteContext, test: TestDeps): void {
  for (const add of [...modeRoutes, ...testRoutes(test)]) add(app, http);
}
