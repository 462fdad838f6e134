import type { App, RouteContext, RouteList } from '../route.ts';
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
import { usersRoutes } from './users/index.ts';
import { reportCallRoute } from './webhooks.ts';

const routes: RouteList = [
  ...challengesRoutes,
  ...challengeRoutes,
  ...resultsRoutes,
  ...organizationsRoutes,
  ...usersRoutes,
  ...factorsRoutes,
  ...devicesRoutes,
  listEventsRoute,
  ...healthRoutes,
  metricsRoute,
  ...problemsRoutes,
];

/** Every call of the API. */
export function addRoutes(app: App, http: RouteContext): void {
  for (const add of routes) add(app, http);
  // Only Twilio sends forms, so only its routes read them.
  app.register(async (scope) => reportCallRoute(scope.withTypeProvider(), http));
}
