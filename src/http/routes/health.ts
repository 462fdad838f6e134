import Type from 'typebox';
import { Problem } from '../../domain/problems.ts';
import { problemResponses } from '../problems/problem-schema.ts';
import type { App, RouteContext, RouteList } from '../route.ts';
import { said } from '../schemas/fields.ts';

const stateOf = (status: string) => Type.Object({ status: said('How it is.', status) });
const described = { tags: ['Operation'] };

function liveRoute(app: App): void {
  app.route({
    method: 'GET',
    url: '/health/live',
    schema: {
      ...described,
      operationId: 'live',
      summary: 'Whether the process answers',
      description: 'Asks nothing else. One that does not answer should be started again.',
      response: { 200: stateOf('live') },
    },
    handler: async () => ({ status: 'live' }),
  });
}

/** Everything that makes the service not ready, one line each. */
async function whatIsMissing(
  { database, challenges }: Pick<RouteContext['deps'], 'database' | 'challenges'>,
  stopping: AbortSignal,
) {
  const asked = [
    ask('/postgresql', () => database.ping()),
    ask('/redis', () => challenges.ping()),
    stopping.aborted ? [{ pointer: '/service', detail: 'is stopping' }] : [],
  ];
  return (await Promise.all(asked)).flat();
}

async function ask(pointer: string, ping: () => Promise<void>) {
  return ping().then(
    () => [],
    (error: Error) => {
      const known = error instanceof Problem ? error.extra.detail : undefined;
      return [{ pointer, detail: known ?? 'does not answer' }];
    },
  );
}

function readyRoute(app: App, { deps, stopping }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/health/ready',
    schema: {
      ...described,
      operationId: 'ready',
      summary: 'Whether Redis and PostgreSQL answer and the service is not about to stop',
      description: 'For a load balancer. A 503 says in `errors` what is missing.',
      response: { 200: stateOf('ready'), ...problemResponses('unavailable') },
    },
    handler: async () => {
      const errors = await whatIsMissing(deps, stopping);
      if (errors.length > 0) throw new Problem('unavailable', { errors });
      return { status: 'ready' };
    },
  });
}

export const healthRoutes: RouteList = [liveRoute, readyRoute];
