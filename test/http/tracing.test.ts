/** A whole login as a collector of OpenTelemetry sees it: on real stores, through the real SDKs. */
import { expect, test } from '@jest/globals';
import type { Exported } from '../support/fakes/collector.ts';
import { enrolled, wrong } from '../support/service.ts';
import { startTracedService } from '../support/traced-service.ts';
import { use } from '../support/use.ts';

const traced = use(() => startTracedService({ env: { OTEL_RESOURCE_ATTRIBUTES: 'team=b%20b' } }));

const aTrace = (digit: string) => ({
  traceId: digit.repeat(32),
  traceparent: `00-${digit.repeat(32)}-${digit.repeat(16)}-01`,
});

/** The spans of a trace once its request has ended. */
async function spansOf(traceId: string): Promise<Exported[]> {
  const { collector } = traced;
  const mine = () => collector.spans.filter((span) => span.traceId === traceId);
  await collector.until(() => mine().some(({ kind }) => kind === 'server'));
  return mine();
}

const serverOf = (spans: Exported[]) => spans.find(({ kind }) => kind === 'server');

/** The parent of every other span of a trace is in it, up to the request. */
function expectOneTree(spans: Exported[], parentSpanId: string | null): void {
  const server = serverOf(spans);
  expect(server?.parentSpanId).toBe(parentSpanId);
  const ids = new Set(spans.map(({ spanId }) => spanId));
  for (const span of spans) if (span !== server) expect(ids).toContain(span.parentSpanId);
}

test('a login continues the trace of its caller, down to each store and each provider', async () => {
  const { service, collector } = traced;
  const user = await enrolled(service);
  const { traceId, traceparent } = aTrace('a');
  const request = { headers: { traceparent }, bearer: service.keys.panel };
  const screen = await user.signIn({}, request);
  const spans = await spansOf(traceId);
  expectOneTree(spans, 'a'.repeat(16));
  expect(serverOf(spans)).toMatchObject({
    name: 'POST /v1/challenges',
    failed: false,
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/v1/challenges',
      'http.response.status_code': 201,
      'doublecheck.challenge.id': screen.challenge.id,
    },
  });
  expect(spans).toContainEqual(
    expect.objectContaining({
      name: 'EVALSHA create',
      kind: 'client',
      attributes: expect.objectContaining({
        'db.system.name': 'redis',
        'db.operation.name': 'EVALSHA',
        'db.stored_procedure.name': 'create',
        'server.address': '127.0.0.1',
        'server.port': Number(new URL(service.redisUrl).port),
      }),
    }),
  );
  expect(spans).toContainEqual(
    expect.objectContaining({
      name: 'trail.record',
      kind: 'client',
      attributes: expect.objectContaining({
        'db.system.name': 'postgresql',
        'db.operation.name': 'trail.record',
      }),
    }),
  );
  const delivery = spans.find(({ name }) => name === 'deliver twilio');
  expect(spans).toContainEqual(
    expect.objectContaining({
      name: 'POST',
      kind: 'client',
      parentSpanId: delivery?.spanId,
      attributes: {
        'http.request.method': 'POST',
        'server.address': 'api.twilio.com',
        'server.port': 443,
        'http.response.status_code': 201,
      },
    }),
  );
  expect(collector.requests[0]?.path).toBe('/v1/traces');
  expect(collector.resources[0]).toEqual({
    'service.name': 'doublecheck',
    'service.version': '0.0.0',
    team: 'b b',
  });
});

test('a right guess and its redemption are traces with both stores', async () => {
  const { service } = traced;
  const user = await enrolled(service);
  // The first guess of a connection brings its script along.
  const screen = await user.signIn();
  const [guess, redemption] = [aTrace('b'), aTrace('c')];
  const { body } = await screen.enter(user.heard(), {
    headers: { traceparent: guess.traceparent },
  });
  await service.call('POST', '/v1/results/redeem', {
    bearer: service.keys.panel,
    body: { token: body.result.token },
    headers: { traceparent: redemption.traceparent },
  });
  for (const [{ traceId }, names] of [
    [guess, ['EVALSHA read', 'EVALSHA look', 'outcomes.approve']],
    [redemption, ['outcomes.redeem']],
  ] as const) {
    const spans = await spansOf(traceId);
    expectOneTree(spans, traceId.slice(16));
    expect(spans.map(({ name }) => name)).toEqual(expect.arrayContaining([...names]));
    expect(spans.filter(({ failed }) => failed)).toEqual([]);
  }
});

test('the trace id in the log lines is that of the exported trace, with a caller or without', async () => {
  const { service } = traced;
  const user = await enrolled(service);
  const { traceparent, traceId } = aTrace('d');
  // A parent of zeros is none, and begins a trace as no header does.
  for (const header of [traceparent, '', `00-${traceId}-${'0'.repeat(16)}-01`]) {
    const before = service.logLines.length;
    const headers = { ...(header && { traceparent: header }) };
    const screen = await user.signIn({}, { headers, bearer: service.keys.panel });
    const lines = service.logLines.slice(before).map((line) => JSON.parse(line));
    const told = lines.filter(({ challengeId }) => challengeId === screen.challenge.id);
    expect(told.map(({ msg }) => msg)).toEqual(['decided', 'decided', 'answered']);
    const [logged, ...more] = new Set(told.map((line) => line.traceId));
    expect(more).toEqual([]);
    expect(logged === traceId).toBe(header === traceparent);
    const server = serverOf(await spansOf(logged));
    expect(server?.attributes['doublecheck.challenge.id']).toBe(screen.challenge.id);
  }
});

test('requests at once do not mix their spans', async () => {
  const { service, collector } = traced;
  const users = await Promise.all(Array.from({ length: 12 }, () => enrolled(service)));
  const ids = users.map((_, i) => `${i}`.padStart(32, 'e'));
  await Promise.all(
    users.map((user, i) => {
      const headers = { traceparent: `00-${ids[i]}-${'e'.repeat(16)}-01` };
      return user.signIn({}, { headers, bearer: service.keys.panel });
    }),
  );
  const all = await Promise.all(ids.map(spansOf));
  for (const spans of all) {
    expectOneTree(spans, 'e'.repeat(16));
    const kinds = ['EVALSHA create', 'trail.record', 'deliver twilio', 'POST'];
    for (const kind of kinds) expect(spans.map(({ name }) => name)).toContain(kind);
    const [delivery, ...more] = spans.filter(({ name }) => name === 'deliver twilio');
    expect(more).toEqual([]);
    expect(spans.filter((span) => span.parentSpanId === delivery?.spanId)).toHaveLength(1);
  }
  const stray = collector.spans.filter(
    ({ parentSpanId, kind }) => !parentSpanId && kind === 'client',
  );
  expect(stray).toEqual([]);
});

test('a provider that fails, and a refusal, are seen as what they are', async () => {
  const { service } = traced;
  const user = await enrolled(service);
  const [failing, guessing] = [aTrace('1'), aTrace('2')];
  service.twilio.answerWith(500);
  const request = { headers: { traceparent: failing.traceparent }, bearer: service.keys.panel };
  await user.signIn({}, request);
  service.twilio.answerWith('success');
  const spans = await spansOf(failing.traceId);
  const delivery = spans.find(({ name }) => name === 'deliver twilio');
  expect(delivery).toMatchObject({ failed: true, attributes: { 'error.type': 'failed' } });
  expect(spans.filter(({ parentSpanId }) => parentSpanId === delivery?.spanId)).toMatchObject([
    { name: 'POST', failed: true, attributes: { 'error.type': '500' } },
  ]);
  expect(serverOf(spans)).toMatchObject({ failed: false });
  const screen = await user.signIn();
  await screen.enter(wrong(user.heard()), { headers: { traceparent: guessing.traceparent } });
  const refused = await spansOf(guessing.traceId);
  expect(serverOf(refused)).toMatchObject({
    failed: false,
    attributes: { 'http.response.status_code': 422, 'doublecheck.problem': 'code-incorrect' },
  });
  expect(refused.filter((span) => span.failed)).toEqual([]);
});

test('health checks and the reading of figures leave no span', async () => {
  const { service, collector } = traced;
  for (const path of ['/health/live', '/health/ready', '/metrics']) await service.call('GET', path);
  const { traceparent, traceId } = aTrace('3');
  await service.call('GET', '/v1/unknown', { headers: { traceparent } });
  expect(await spansOf(traceId)).toMatchObject([{ name: 'GET', kind: 'server' }]);
  const routes = collector.spans.map(({ attributes }) => String(attributes['http.route']));
  expect(routes.filter((route) => /health|metrics/.test(route))).toEqual([]);
});
