/** `traceparent` goes out with webhooks, whose receivers are part of the login, and to nobody else. */
import { expect, test } from '@jest/globals';
import { tracedWebhooks } from '../../src/adapters/webhooks/traced-webhooks.ts';
import { webhookSender } from '../../src/adapters/webhooks/webhook-sender.ts';
import { startEndpoint } from '../support/fakes/endpoint.ts';
import { enrolled, somebody } from '../support/service.ts';
import { startTracedService } from '../support/traced-service.ts';
import { use } from '../support/use.ts';

const traced = use(() => startTracedService());
const endpoint = use(startEndpoint);

const data = { organizationId: 'acme', userId: null, challengeId: null, details: {} };

const send = (status: number) => {
  endpoint.answerWith(status);
  const sender = tracedWebhooks(webhookSender({ insideToo: true }), traced.tracing);
  return sender.send({
    id: '1',
    url: `${endpoint.url}/secret-of-the-path`,
    secret: `whsec_${'c2VjcmV0'.repeat(4)}`,
    webhookId: 'msg_1',
    payload: { type: 'user.locked', timestamp: '2026-01-01T00:00:00Z', data },
    attempts: 0,
    createdAt: new Date(0),
  });
};

test('each attempt is a trace of its own, which its receiver can continue', async () => {
  const { collector } = traced;
  await send(204);
  await expect(send(500)).rejects.toThrow('answered 500');
  const webhooks = () => collector.spans.filter(({ name }) => name === 'deliver webhook');
  await collector.until(() => webhooks().length === 2);
  const [good, bad] = webhooks();
  expect(good).toMatchObject({ parentSpanId: null, failed: false });
  expect(bad).toMatchObject({ parentSpanId: null, failed: true });
  expect(good?.traceId).not.toBe(bad?.traceId);
  const posts = collector.spans.filter(
    ({ attributes: { 'server.port': port } }) => port === endpoint.port,
  );
  expect(posts.map(({ attributes }) => attributes['http.response.status_code'])).toEqual([
    204, 500,
  ]);
  const sent = endpoint.requests.map(({ headers }) => headers['traceparent']);
  expect(sent).toEqual(posts.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`));
  expect(posts.map(({ parentSpanId }) => parentSpanId)).toEqual([good?.spanId, bad?.spanId]);
  expect(collector.requests.map(({ text }) => text).join()).not.toContain('secret-of-the-path');
});

test('Twilio, Google and the collector get no traceparent', async () => {
  const { service, collector } = traced;
  const user = await enrolled(service);
  const traceparent = `00-${'7'.repeat(32)}-${'7'.repeat(16)}-01`;
  await user.signIn({}, { headers: { traceparent }, bearer: service.keys.panel });
  await collector.until(() => collector.spans.some(({ traceId }) => traceId === '7'.repeat(32)));
  const device = { id: 'd-1', platform: 'ios', pushToken: 'traced-push' };
  await (await somebody(service).signIn({ device })).addPush();
  const [calls, pushes] = [service.twilio.requests, service.google.requests];
  for (const requests of [calls, pushes]) expect(requests.length).toBeGreaterThan(0);
  const told = [...calls, ...pushes, ...service.google.tokenRequests, ...collector.requests].map(
    ({ headers }) => headers['traceparent'],
  );
  expect(told.filter(Boolean)).toEqual([]);
  // Sending spans is no part of what is traced.
  const toCollector = Number(new URL(collector.url).port);
  const ports = collector.spans.map(({ attributes }) => attributes['server.port']);
  expect(ports).not.toContain(toCollector);
});
