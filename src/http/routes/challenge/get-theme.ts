import { readTheme } from '../../../domain/login/read-theme.ts';
import { challengeOf } from '../../credentials/credentials.ts';
import type { App, RouteContext } from '../../route.ts';
import { presentTheme, ThemeSchema } from '../../schemas/theme-schema.ts';
import { tokenCall } from './token-call.ts';

export function getThemeRoute(app: App, { deps, credentials }: RouteContext): void {
  app.route({
    method: 'GET',
    url: '/v1/challenge/theme',
    onRequest: credentials.challengeToken,
    schema: {
      ...tokenCall,
      operationId: 'getTheme',
      summary: 'How the page should look',
      description: 'What the organization has set as its `theme`.',
      response: { 200: ThemeSchema },
    },
    handler: async (request) => presentTheme(await readTheme(deps, challengeOf(request))),
  });
}
