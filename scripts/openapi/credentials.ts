import type { RouteOptions } from 'fastify';
import type { App } from '../../src/http/route.ts';

/**
 * Says which credential each call asks for, and which scope: the hook that checks it tells.
 *
 * @returns the kinds of credential.
 */
export function describeCredentials(app: App) {
  app.addHook('onRoute', (route) => {
    const { schema } = route;
    if (!schema || schema.hide) return;
    const scope = scopeOf(route);
    const { security = [] } = schema;
    const needed = scope && `Needs an API key with the scope \`${scope}\`.`;
    const description = [schema.description, needed].filter(Boolean).join('\n\n');
    route.schema = { ...schema, security, description, ...(scope && { 'x-scope': scope }) };
  });
  return {
    apiKey: {
      type: 'http' as const,
      scheme: 'bearer',
      description:
        'The API key of a client, for backends only. It has scopes, and may be limited to a list of ' +
        'organizations: all others are then `not-found`.\n\n' +
        '| scope | opens |\n| --- | --- |\n' +
        '| `challenges` | starting and reading challenges, redeeming results |\n' +
        "| `users` | a user's own factors and devices |\n" +
        '| `admin` | policies, any user, unlocking, audit events |\n' +
        '| `recovery` | passes for a lost phone; `admin` does not include it |',
    },
    challengeToken: {
      type: 'http' as const,
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'Opens one challenge and nothing else. A browser or an app may have it.',
    },
  };
}

function scopeOf({ onRequest }: RouteOptions): string | undefined {
  const hooks = [onRequest ?? []].flat() as { scope?: string }[];
  return hooks.find(({ scope }) => scope)?.scope;
}
