/** Traces cost nothing while they are off, and what is left of them is sent when a replica stops. */
import { afterEach, beforeAll, expect, test } from '@jest/globals';
import { type Deployment, deploy } from '../support/deployment.ts';
import { startCollector } from '../support/fakes/collector.ts';
import { openRawConnection, rawRequest } from '../support/raw-connection.ts';
import { type Replica, startReplica, untilReady } from '../support/replica.ts';
import { freshDatabase, freshRedis } from '../support/servers.ts';
import { useEach } from '../support/use.ts';

const collector = useEach(startCollector);

let deployment: Deployment;
let replica: Replica;
let loaded: Set<string>;

beforeAll(async () => {
  deployment = await deploy(await freshDatabase(), await freshRedis());
});
afterEach(() => replica.kill());

const preload = new URL('../support/loaded-modules.ts', import.meta.url).href;

async function started(env: Record<string, string>): Promise<void> {
  loaded = new Set();
  replica = await startReplica(
    { ...deployment.env, ...env, DRAIN_SECONDS: '0', NODE_OPTIONS: `--import ${preload}` },
    (line) => {
      const [, name] = /^loaded .*\/(@opentelemetry\/[\w-]+)/.exec(line) ?? [];
      if (name) loaded.add(name);
    },
  );
  await untilReady(replica.url);
}

const login = { organizationId: 'acme', userId: '42', app: { name: 'panel' } };

/** A user who is new gets as far as the screen where they enrol. */
async function signIn(): Promise<void> {
  const answer = await fetch(`${replica.url}/v1/challenges`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${deployment.apiKey}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(login),
  });
  expect(answer.status).toBe(201);
}

/** What the library of the figures brings along by itself: interfaces that do nothing. */
const ofFigures = ['@opentelemetry/api'];

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318', OTEL_SDK_DISABLED: 'true' },
])('with %j nothing of OpenTelemetry is loaded', async (env) => {
  await started(env);
  await signIn();
  expect([...loaded]).toEqual(ofFigures);
});

test('with a collector it is loaded, and a stop sends the last spans', async () => {
  await started({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'second-step' });
  expect([...loaded]).toContain('@opentelemetry/sdk-trace');
  await signIn();
  replica.signal('SIGTERM');
  expect(await replica.exit).toBe(0);
  expect(collector.spans.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['POST /v1/challenges', 'users.load']),
  );
  expect(collector.resources[0]).toMatchObject({ 'service.name': 'second-step' });
});

test('what follows a body that comes late is a part of its request', async () => {
  await started({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
  const traceId = '8'.repeat(32);
  const headers = {
    authorization: `Bearer ${deployment.apiKey}`,
    'content-type': 'application/json',
    traceparent: `00-${traceId}-${'8'.repeat(16)}-01`,
    expect: '100-continue',
  };
  const request = rawRequest('POST', '/v1/challenges', headers, JSON.stringify(login));
  const connection = await openRawConnection(replica.url);
  connection.send(request.slice(0, -5));
  await connection.received(/^HTTP\/1.1 100 /);
  connection.send(request.slice(-5));
  await connection.received(/HTTP\/1.1 201 /);
  const mine = () => collector.spans.filter((span) => span.traceId === traceId);
  await collector.until(() => mine().some(({ kind }) => kind === 'server'));
  const names = mine().map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['users.load', 'trail.record']));
  expect(names.some((name) => /^EVAL(SHA)? create$/.test(name))).toBe(true);
});

test('a collector that hangs does not hold up a stop', async () => {
  collector.answerWith('never');
  await started({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/traces` });
  await signIn();
  await collector.until(() => collector.requests.length > 0);
  replica.signal('SIGTERM');
  expect(await replica.exit).toBe(0);
  expect(collector.requests[0]?.path).toBe('/traces');
});
