import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Mode } from '../domain/mode.ts';
import type { Deps } from '../domain/ports.ts';
import type { ClientSites } from './credentials/client-sites.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { Tokens } from './credentials/tokens.ts';
import type { Presenter } from './schemas/present-challenge.ts';

/** Fastify, with handlers typed by their schemas. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** What every route gets. */
export type RouteContext = {
  deps: Deps;
  tokens: Tokens;
  credentials: Credentials;
  presenter: Presenter;
  sites: ClientSites;
  metricsToken: string | null;
  /** Aborts when the service is about to stop. */
  stopping: AbortSignal;
};

export type DepsOfModes = Readonly<Record<Mode, Deps>>;

/** Adds one call to the API. */
export type Route = (app: App, http: RouteContext) => void;

export type RouteList = readonly Route[];
