import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Entrance } from '../../domain/challenge/open-challenge.ts';
import { type Mode, modeOf, nameIn } from '../../domain/mode.ts';
import type { Client } from '../../domain/people.ts';
import type { Deps, StoredKey } from '../../domain/ports.ts';
import { Problem } from '../../domain/problems.ts';
import { keyMatches, parseApiKey, type Scope } from '../../domain/secrets/api-key.ts';
import { rememberKeys } from './known-keys.ts';
import { tokenUses } from './token-uses.ts';
import type { Tokens } from './tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The holder of the API key, on routes that require one. */
    client: Client | null;
    /** The challenge of the token, on routes that require one. */
    challengeRef: Entrance | null;
    /** Whether the token was used too often, or is not counted yet. */
    overused: boolean;
  }
}

type Hook = (request: FastifyRequest) => Promise<void>;

export type Credentials = {
  /** Requires an API key with this scope. The API description reads it from the hook. */
  apiKey(scope: Scope): Hook & { readonly scope: Scope };
  /** Requires a challenge token. The use is counted beside what follows: see {@link Entrance}. */
  challengeToken: Hook;
};

export function buildCredentials(
  app: FastifyInstance,
  deps: Pick<Deps, 'clients' | 'quotas' | 'settings' | 'metrics'>,
  tokens: Pick<Tokens, 'verifyChallenge'>,
): Credentials {
  app.decorateRequest('client', null);
  app.decorateRequest('challengeRef', null);
  app.decorateRequest('overused', false);
  const countUse = tokenUses(deps);
  app.addHook('preHandler', (request, _reply, done) => {
    requireNamed(request, request.body);
    done();
  });
  const { mode } = deps.settings;
  const findKey = rememberKeys(deps.clients);
  return {
    apiKey(scope) {
      const require = async (request: FastifyRequest) => {
        const client = await authenticate(findKey, bearer(request), mode);
        if (!client.scopes.includes(scope)) throw forbidden(scope);
        request.client = client;
        requireNamed(request, request.params);
      };
      return Object.assign(require, { scope });
    },
    challengeToken: async (request) => {
      const ref = tokens.verifyChallenge(bearer(request));
      request.challengeRef = ref;
      request.overused = true;
      const { counted } = await countUse(ref);
      const admitted = counted.then(() => {
        request.overused = false;
      });
      // Whoever opens the challenge hears of a refusal.
      admitted.catch(() => {});
      request.challengeRef = { ...ref, admitted };
    },
  };
}

/** The client on a route behind {@link Credentials.apiKey}. */
export function clientOf({ client }: FastifyRequest): Client {
  if (!client) throw new Problem('unauthenticated');
  return client;
}

/** The challenge on a route behind {@link Credentials.challengeToken}. */
export function challengeOf({ challengeRef }: FastifyRequest): Entrance {
  if (!challengeRef) throw new Problem('unauthenticated');
  return challengeRef;
}

/** A key that is limited to organizations sees no others. @throws Problem `not-found`. */
export function requireOrganization({ client }: FastifyRequest, organizationId: string): void {
  if (!client?.organizations) return;
  const stored = nameIn(modeOf(client.name), organizationId);
  if (!client.organizations.includes(stored)) throw new Problem('not-found');
}

/** Checks the organization in the path or the body. */
function requireNamed(request: FastifyRequest, named: unknown): void {
  const { organizationId } = (named ?? {}) as { organizationId?: unknown };
  if (typeof organizationId === 'string') requireOrganization(request, organizationId);
}

function forbidden(scope: Scope): Problem {
  return new Problem('forbidden', { detail: `The API key lacks the scope \`${scope}\`.` });
}

function bearer({ headers }: FastifyRequest): string {
  const [, credential] = /^Bearer +([\w.~+/=-]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (!credential) throw new Problem('unauthenticated');
  return credential;
}

async function authenticate(
  findKey: (id: string) => Promise<StoredKey | null>,
  presented: string,
  mode: Mode,
): Promise<Client> {
  const parts = parseApiKey(presented);
  const key = parts?.mode === mode ? await findKey(parts.id) : null;
  const theirs = key && modeOf(key.name) === mode && keyMatches(parts?.secret ?? '', key.keyHash);
  if (!theirs || key.revokedAt) throw new Problem('unauthenticated');
  return key;
}
