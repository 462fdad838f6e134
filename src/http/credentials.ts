import type { FastifyInstance, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import type { ChallengeRef } from '../domain/challenge/challenge.ts';
import type { Client } from '../domain/people.ts';
import type { Clients, Deps } from '../domain/ports.ts';
import { Problem } from '../domain/problems.ts';
import { keyMatches, parseApiKey, type Scope } from '../domain/secrets/api-key.ts';
import { tokenUses } from './token-uses.ts';
import type { Tokens } from './tokens.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who holds the API key, on routes that ask for one. */
    client: Client | null;
    /** What the challenge token opens, on routes that ask for one. */
    challengeRef: ChallengeRef | null;
    /** Whether the challenge token was used too often, or that could not be counted. */
    overused: boolean;
  }
}

type StoredKey = NonNullable<Awaited<ReturnType<Clients['findKey']>>>;

type Hook = (request: FastifyRequest) => Promise<void>;

export type Credentials = {
  /** An API key with this scope. */
  apiKey(scope: Scope): Hook;
  /** The token of a challenge. */
  challengeToken: Hook;
};

// A revoked key has to stop working within 10 seconds on every replica.
const keyMemoryMs = 5_000;

export function buildCredentials(
  app: FastifyInstance,
  deps: Pick<Deps, 'clients' | 'quotas' | 'settings'>,
  tokens: Tokens,
): Credentials {
  app.decorateRequest('client', null);
  app.decorateRequest('challengeRef', null);
  app.decorateRequest('overused', false);
  const countUse = tokenUses(deps);
  const findKey = remember(deps.clients);
  return {
    apiKey: (scope) => async (request) => {
      const client = await authenticate(findKey, bearer(request));
      if (!client.scopes.includes(scope)) throw new Problem('forbidden');
      request.client = client;
    },
    challengeToken: async (request) => {
      const ref = tokens.verifyChallenge(bearer(request));
      request.challengeRef = ref;
      request.overused = true;
      await countUse(ref);
      request.overused = false;
    },
  };
}

/** The client on a route behind {@link Credentials.apiKey}. */
export function clientOf({ client }: FastifyRequest): Client {
  if (!client) throw new Problem('unauthenticated');
  return client;
}

/** The challenge on a route behind {@link Credentials.challengeToken}. */
export function challengeOf({ challengeRef }: FastifyRequest): ChallengeRef {
  if (!challengeRef) throw new Problem('unauthenticated');
  return challengeRef;
}

function bearer({ headers }: FastifyRequest): string {
  const [, credential] = /^Bearer +([\w.~+/=-]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (!credential) throw new Problem('unauthenticated');
  return credential;
}

function remember(clients: Clients): (id: string) => Promise<StoredKey | null> {
  const known = new LRUCache<string, StoredKey>({ max: 1000, ttl: keyMemoryMs });
  return async (id) => {
    const key = known.get(id) ?? (await clients.findKey(id));
    if (key) known.set(id, key, { noUpdateTTL: true });
    return key;
  };
}

async function authenticate(
  findKey: (id: string) => Promise<StoredKey | null>,
  presented: string,
): Promise<Client> {
  const parts = parseApiKey(presented);
  const key = parts && (await findKey(parts.id));
  if (!key || key.revokedAt || !keyMatches(parts.secret, key.keyHash))
    throw new Problem('unauthenticated');
  return key;
}
