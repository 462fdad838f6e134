import type { FastifyInstance } from 'fastify';
import { nameIn, shownName } from '../domain/mode.ts';
import type { Tokens } from './credentials/tokens.ts';
import type { App } from './route.ts';

const constraint = 'mode';

/** Addresses that live mode does not have. */
const testOnly = /^(\/v1)?\/test\//;

/** Sends what has a test key or a test token to the routes of `scope` alone. Others never reach those. */
export function takeTestCredentials(scope: App, tokens: Pick<Tokens, 'mayBeOurs'>): void {
  scope.addConstraintStrategy({
    name: constraint,
    storage() {
      const routes = new Map<string, unknown>();
      return {
        get: (mode: string) => routes.get(mode) ?? null,
        set: (mode: string, route: unknown) => void routes.set(mode, route),
      } as never;
    },
    deriveConstraint({ headers }) {
      const [, credential = ''] = /^Bearer +(.+)$/i.exec(headers.authorization ?? '') ?? [];
      return credential.startsWith('dct_') || tokens.mayBeOurs(credential) ? 'test' : undefined;
    },
  });
  scope.addHook('onRoute', (route) => {
    const { schema } = route;
    if (schema?.security?.length) route.constraints = { [constraint]: 'test' };
    if (!testOnly.test(route.url)) route.schema = { ...schema, hide: true };
  });
}

/** Inside, names are marked as of test mode, so that all that is stored is apart. Answers show them without the mark. */
export function markNames(scope: FastifyInstance): void {
  scope.addHook('preHandler', (request, _reply, done) => {
    mark(request.params);
    mark(request.body);
    done();
  });
  scope.setReplySerializer((payload) => JSON.stringify(payload, unmarked));
}

function mark(named: unknown): void {
  const names = (named ?? {}) as { organizationId?: unknown };
  if (typeof names.organizationId === 'string')
    names.organizationId = nameIn('test', names.organizationId);
}

function unmarked(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? shownName(value) : value;
}
