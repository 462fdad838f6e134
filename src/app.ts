import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify';
import { observeDecisions } from './domain/audit/observe-decisions.ts';
import type { Deps, Tracing } from './domain/ports.ts';
import type { SecretRing } from './domain/secrets/keys.ts';
import { returnProofs } from './domain/secrets/return-proof.ts';
import type { TestDeps } from './domain/test-mode/test-deps.ts';
import { serveApiPage } from './http/api-page.ts';
import { allowOrigins } from './http/cors.ts';
import { rememberSites } from './http/credentials/client-sites.ts';
import { buildCredentials } from './http/credentials/credentials.ts';
import { buildTokens } from './http/credentials/tokens.ts';
import { arrivalMs, drainConnections } from './http/draining.ts';
import { storeAnswers } from './http/idempotency.ts';
import { acceptJson } from './http/json-bodies.ts';
import { servePage } from './http/page.ts';
import { answerClientError } from './http/problems/client-error.ts';
import { answerBadUrl, handleErrors, handleUnknown } from './http/problems/errors.ts';
import { refuseOtherMethods } from './http/problems/method-not-allowed.ts';
import { problemChallenges } from './http/problems/problem-challenge.ts';
import { ajvOptions } from './http/problems/validation.ts';
import { logRequests, logWithRequest } from './http/request-log.ts';
import type { App, RouteContext } from './http/route.ts';
import { addRoutes, addTestRoutes } from './http/routes/index.ts';
import { validatorsOnFirstUse } from './http/schemas/validators.ts';
import { guardAnswers } from './http/security-headers.ts';
import { markNames, takeTestCredentials } from './http/test-mode.ts';
import { traceRequests } from './http/trace-requests.ts';

const bodyLimit = 16 * 1024;

/**
 * Limits how long a request takes to arrive. Node applies the longer of both limits to the body, so
 * they are equal. It checks every 30 seconds by default.
 */
const arrival = {
  requestTimeout: arrivalMs - 500,
  headersTimeout: arrivalMs - 500,
  connectionsCheckingInterval: 500,
};

export type Modes = { live: Deps; test: TestDeps };

export type AppOptions = {
  secrets: SecretRing;
  /** The `iss` of tokens. */
  issuer: string;
  /** Where browsers reach the page. */
  publicUrl: string;
  logger: FastifyBaseLogger;
  /** Origins whose pages may call what takes a challenge token. */
  corsOrigins: readonly string[];
  /** What `/metrics` asks for. Null: it is open. */
  metricsToken?: string | null;
  /** Null: requests are not traced. */
  tracing?: Tracing | null;
  /** Aborts when the service is about to stop. */
  stopping: AbortSignal;
  /** Adds routes for trying the service out. */
  tryOut?: ((app: App) => void) | null;
  /** Prepares to describe the routes. The service itself has its description in a file. */
  describe?: (app: App) => Promise<void>;
};

/** The service without its socket. It opens nothing itself. */
export async function buildApp(given: Modes, options: AppOptions): Promise<App> {
  const modes = { live: observed(given.live), test: observed(given.test) };
  const app = createApp(options.logger);
  if (options.tracing) traceRequests(app, options.tracing);
  guardAnswers(app, options.issuer);
  drainConnections(app, options.stopping);
  allowOrigins(app, options.corsOrigins);
  const refuseTheRest = refuseOtherMethods(app);
  handleUnknown(app);
  handleErrors(app);
  await options.describe?.(app);
  await app.register(async (scope) => {
    const live = scope.withTypeProvider<TypeBoxTypeProvider>();
    addRoutes(live, await openMode(live, modes.live, options), modes);
  });
  await app.register(async (scope) => {
    const test = scope.withTypeProvider<TypeBoxTypeProvider>();
    const http = await openMode(test, modes.test, options);
    takeTestCredentials(test, http.tokens);
    markNames(test);
    addTestRoutes(test, http, modes.test);
  });
  servePage(app, rememberSites(modes.live.clients));
  serveApiPage(app);
  options.tryOut?.(app);
  refuseTheRest();
  return app;
}

function observed<Ports extends Deps>(ports: Ports): Ports {
  return observeDecisions({ ...ports, log: logWithRequest(ports.log) });
}

/** What the routes of one mode get: its stores, its tokens and its keys, and nothing of the other. */
async function openMode(scope: App, deps: Deps, options: AppOptions): Promise<RouteContext> {
  const tokens = await buildTokens(scope, { ...options, mode: deps.settings.mode });
  const presenter = {
    settings: deps.settings,
    tokens,
    proofs: returnProofs(options.secrets),
    publicUrl: options.publicUrl.replace(/\/+$/, ''),
  };
  const credentials = buildCredentials(scope, deps, tokens);
  handleErrors(scope, problemChallenges(deps, presenter));
  storeAnswers(scope, deps.idempotency);
  const sites = rememberSites(deps.clients);
  const { stopping, metricsToken = null } = options;
  return { deps, tokens, credentials, presenter, sites, stopping, metricsToken };
}

function createApp(loggerInstance: FastifyBaseLogger): App {
  const app = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit,
    requestTimeout: arrival.requestTimeout,
    http: arrival,
    // Many services may start at once: Fastify's ten seconds are too short to load a plugin.
    pluginTimeout: 60_000,
    // Callers with an open connection still get an answer.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    genReqId: requestId,
    // A logger for each request would cost more than to write its id in its few lines.
    childLoggerFactory: (logger) => logger,
    routerOptions: { maxParamLength: 2_048 },
    frameworkErrors: answerBadUrl,
    clientErrorHandler: answerClientError,
    ajv: { customOptions: ajvOptions },
    schemaController: {
      compilersFactory: {
        buildValidator: validatorsOnFirstUse(),
        // Handlers draw each field of an answer: the schemas need not filter it.
        buildSerializer: () => () => JSON.stringify,
      },
    },
  }).withTypeProvider<TypeBoxTypeProvider>();
  acceptJsonAlone(app);
  logRequests(app);
  return app;
}

const saneId = /^[\w.:-]{1,64}$/;

/** The caller's own id when it is well-formed, so that both logs can be read together. */
function requestId({ headers }: { headers: IncomingHttpHeaders }): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && saneId.test(given) ? given : randomUUID();
}

function acceptJsonAlone(app: App): void {
  app.removeAllContentTypeParsers();
  acceptJson(app, 'application/json');
  app.addHook('preValidation', (request, _reply, done) => {
    if (request.body === undefined && request.routeOptions.schema?.body) request.body = {};
    done();
  });
}
