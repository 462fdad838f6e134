/** Traces never stand in the way: without a collector people sign in all the same, and a stop ends. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { startCollector } from '../support/fakes/collector.ts';
import { startRedis } from '../support/servers.ts';
import { enrolled, type Service, startService } from '../support/service.ts';
import { startTracedService, tracingTo } from '../support/traced-service.ts';

const opened: { close(): Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

async function open<T extends { close(): Promise<unknown> }>(one: T | Promise<T>): Promise<T> {
  const now = await one;
  opened.push(now);
  return now;
}

async function signInOn(service: Service): Promise<unknown> {
  const user = await enrolled(service);
  const screen = await user.signIn();
  return (await screen.enter(user.heard())).body.status;
}

/** What the service logs about traces. */
function keptLog() {
  const lines: string[] = [];
  const write = (context: object, message: string) =>
    void lines.push(`${message} ${JSON.stringify(context)}`);
  return { lines, log: { info: write, warn: write, error: write } };
}

async function serviceTracedTo(url: string, log = keptLog().log) {
  const tracing = await open(tracingTo(url, {}, log));
  const service = await open(startService({ tracing }));
  await service.organization({ policy: 'mandatory' });
  return { service, tracing };
}

test('with a collector that is away people sign in, and it is one line of the log', async () => {
  const collector = await startCollector();
  await collector.close();
  const { lines, log } = keptLog();
  const { service, tracing } = await serviceTracedTo(collector.url, log);
  for (let i = 0; i < 3; i += 1) expect(await signInOn(service)).toBe('approved');
  await tracing.close();
  expect(lines.length).toBeLessThanOrEqual(1);
  for (const line of lines) expect(line).toMatch(/^traces are not taken, and are lost/);
});

test('with a collector that never answers people sign in, and a stop ends', async () => {
  const collector = await open(startCollector());
  collector.answerWith('never');
  const { service } = await serviceTracedTo(collector.url);
  expect(await signInOn(service)).toBe('approved');
  await collector.until(() => collector.requests.length > 0);
  expect(await signInOn(service)).toBe('approved');
});

test('a collector that refuses is one line, and another when it takes spans again', async () => {
  const collector = await open(startCollector());
  collector.answerWith(400);
  const { lines, log } = keptLog();
  const { service, tracing } = await serviceTracedTo(collector.url, log);
  await signInOn(service);
  await collector.until(() => collector.requests.length > 0);
  await signInOn(service);
  await collector.until(() => collector.requests.length > 1);
  collector.answerWith(200);
  await signInOn(service);
  await collector.until(() => collector.spans.length > 0);
  await tracing.close();
  expect(lines).toEqual([
    expect.stringMatching(/^traces are not taken, and are lost/),
    'traces are taken again {}',
  ]);
});

test('a stop sends what is left', async () => {
  const { service, collector, flush } = await open(startTracedService());
  await service.call('GET', '/v1/unknown');
  await flush();
  expect(collector.spans.map(({ name }) => name)).toContain('GET');
});

test('a store that is away is an error of the request and of its command', async () => {
  const redis = await startRedis();
  const { service, collector, flush } = await open(
    startTracedService({ redisUrl: `${redis.url}/1` }),
  );
  redis.pause();
  const traceId = '9'.repeat(32);
  const headers = { traceparent: `00-${traceId}-${'9'.repeat(16)}-01` };
  expect((await service.start({}, { headers })).status).toBe(503);
  redis.resume();
  await flush();
  await redis.stop();
  const failed = collector.spans.filter((span) => span.traceId === traceId && span.failed);
  expect(failed.map(({ name }) => name)).toContain('POST /v1/challenges');
  expect(failed.some(({ attributes }) => attributes['db.system.name'] === 'redis')).toBe(true);
  const types = failed.map(({ attributes }) => attributes['error.type']);
  expect(types).toContain('unavailable');
});

describe('which requests are traced', () => {
  const sampled = `00-${'5'.repeat(32)}-${'5'.repeat(16)}-01`;
  const unsampled = `00-${'6'.repeat(32)}-${'6'.repeat(16)}-00`;

  test.each([
    ['parentbased_always_on', '1', [sampled, null]],
    ['parentbased_traceidratio', '0', [sampled]],
    ['parentbased_always_off', '1', [sampled]],
    ['always_on', '1', [sampled, unsampled, null]],
    ['always_off', '1', []],
    ['traceidratio', '0', []],
  ])('%s with %s, which the operator chose, decides', async (name, share, expected) => {
    const collector = await open(startCollector());
    const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: share };
    const tracing = tracingTo(collector.url, env);
    for (const traceparent of [sampled, unsampled, undefined])
      tracing.request({ method: 'GET', route: '/', traceparent }).end({ status: 200 });
    await tracing.close();
    const ids = collector.spans.map(({ traceId }) => traceId);
    expect(ids.includes('5'.repeat(32))).toBe(expected.includes(sampled));
    expect(ids.includes('6'.repeat(32))).toBe(expected.includes(unsampled));
    expect(ids.some((id) => !/^(5|6)\1*$/.test(id))).toBe(expected.includes(null));
  });
});
