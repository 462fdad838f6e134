import Type from 'typebox';
import { Problem } from '../../domain/problems.ts';
import type { App, Http, RouteList } from '../context.ts';
import { problemResponses } from '../problem-schema.ts';

const StateSchema = Type.Object({ status: Type.String() });
const described = { tags: ['Operation'] };

function liveRoute(app: App): void {
  app.route({
    method: 'GET',
    url: '/health/live',
    schema: {
      ...described,
      operationId: 'live',
      summary: 'Whether the process answers',
      response: { 200: StateSchema },
    },
    handler: async () => ({ status: 'live' }),
  });
}

function readyRoute(app: App, { deps, stopping }: Http): void {
  app.route({
    method: 'GET',
    url: '/health/ready',
    schema: {
      ...described,
      operationId: 'ready',
      summary: 'Whether Redis and PostgreSQL answer and the service is not about to stop',
      response: { 200: StateSchema, ...problemResponses('unavailable') },
    },
    handler: async () => {
      if (stopping.aborted) throw new Problem('unavailable', { detail: 'Stopping.' });
      await Promise.all([deps.database.ping(), deps.challenges.ping()]);
      return { status: 'ready' };
    },
  });
}

export const healthRoutes: RouteList = [liveRoute, readyRoute];
