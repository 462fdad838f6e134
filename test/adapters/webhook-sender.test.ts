/**
 * The attack: name an endpoint that leads inside, directly, by a name, by IPv6 in disguise or by a
 * redirect, and have the service post there.
 */
import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { isOutside } from '../../src/adapters/webhooks/addresses.ts';
import { webhookSender } from '../../src/adapters/webhooks/webhook-sender.ts';
import type { OutboxMessage } from '../../src/domain/ports.ts';
import { startEndpoint } from '../support/fakes/endpoint.ts';
import { useEach } from '../support/use.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

function aMessage(url: string): OutboxMessage {
  const data = { organizationId: 'acme', userId: 'café', challengeId: null, details: {} };
  const payload = { type: 'user.locked' as const, timestamp: '2030-01-01T12:00:00.000Z', data };
  return { id: '1', url, secret, webhookId: 'msg_1', payload, attempts: 0, createdAt: new Date(0) };
}

const endpoint = useEach(startEndpoint);

describe('a message', () => {
  const sender = webhookSender({ insideToo: true });

  test('is signed so that the standard library takes it, and nothing else it takes', async () => {
    const from = Math.floor(Date.now() / 1000);
    await sender.send(aMessage(endpoint.url));
    const [request] = endpoint.requests;
    const { headers = {}, text = '' } = request ?? {};
    expect(new Webhook(secret).verify(text, headers)).toEqual(aMessage('').payload);
    expect(headers).toMatchObject({
      'webhook-id': 'msg_1',
      'webhook-signature': expect.stringMatching(/^v1,[\w+/]{43}=$/),
      'content-type': 'application/json',
    });
    const at = Number(headers['webhook-timestamp']);
    expect(at).toBeGreaterThanOrEqual(from);
    expect(at).toBeLessThanOrEqual(Math.floor(Date.now() / 1000));
    const other = new Webhook(Buffer.alloc(32, 8).toString('base64'));
    expect(() => other.verify(text, headers)).toThrow();
    for (const changed of [
      { ...headers, 'webhook-id': 'msg_2' },
      { ...headers, 'webhook-timestamp': String(at - 1) },
    ])
      expect(() => new Webhook(secret).verify(text, changed)).toThrow();
    expect(() => new Webhook(secret).verify(text.replace('locked', 'careful'), headers)).toThrow();
  });

  test.each([200, 201, 202, 204, 299])('is taken by an answer of %i', async (status) => {
    endpoint.answerWith(status);
    await expect(sender.send(aMessage(endpoint.url))).resolves.toBeUndefined();
  });

  test.each([300, 301, 302, 307, 308, 400, 404, 410, 429, 500, 503])(
    'is not taken by one of %i',
    async (status) => {
      endpoint.answerWith({ status, location: `${endpoint.url}/elsewhere` });
      await expect(sender.send(aMessage(endpoint.url))).rejects.toThrow(`answered ${status}`);
      expect(endpoint.requests.map(({ path }) => path)).toEqual(['/hooks']);
    },
  );

  test('is given up when nothing is answered in time', async () => {
    endpoint.answerWith('never');
    const hasty = webhookSender({ insideToo: true, limitMs: 1_000 });
    await expect(hasty.send(aMessage(endpoint.url))).rejects.toThrow(/abort/);
    expect(endpoint.requests).toHaveLength(1);
  });

  test('is not accepted when nothing listens', async () => {
    const gone = await startEndpoint();
    await gone.close();
    await expect(sender.send(aMessage(gone.url))).rejects.toThrow(/ECONNREFUSED/);
  });
});

describe('outside of development', () => {
  const sender = webhookSender({ insideToo: false });

  const hosts = [
    ...['127.0.0.1', '127.8.9.10', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1'],
    ...['255.255.255.255', '2130706433', '0x7f000001', '0177.0.0.1', '127.1'],
    ...['[::1]', '[::]', '[fe80::1]', '[fc00::1]', '[fd12:3456::1]', '[ff02::1]'],
    ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::ffff:10.0.0.1]', '[::127.0.0.1]'],
    ...['[64:ff9b::7f00:1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]'],
    ...['localhost', 'LOCALHOST', 'localhost.'],
  ];

  test.each(hosts)('%s is refused, and nothing reaches it', async (host) => {
    const url = `https://${host}:${endpoint.port}/hooks`;
    await expect(sender.send(aMessage(url))).rejects.toThrow(/inside the network|ENOTFOUND/);
    expect(endpoint.requests).toEqual([]);
  });

  test('plain HTTP is refused, wherever it leads', async () => {
    for (const url of [endpoint.url, 'http://example.com/hooks'])
      await expect(sender.send(aMessage(url))).rejects.toThrow('not https');
    expect(endpoint.requests).toEqual([]);
  });

  test.each(['93.184.215.14', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2a00:1450:400e:80e::200e'])(
    '%s may be called',
    (address) => expect(isOutside(address)).toBe(true),
  );

  test.each([
    ...['192.0.2.1', '198.51.100.255', '203.0.113.7', '2001:db8::1', '3fff::1', '3fff:fff:ffff::1'],
    ...['192.88.99.1', '2002:808:808::1', '2001:10::1', '2001:2f:ffff::1', '2001::1', '2001:2::1'],
    ...[
      '192.31.196.1',
      '192.52.193.1',
      '192.175.48.1',
      '2620:4f:8000::1',
      '192.0.0.9',
      '198.19.0.1',
    ],
  ])('%s is of a special range: documentation, relays, identifiers', (address) =>
    expect(isOutside(address)).toBe(false),
  );

  test.each(['2001:200::1', '2001:db7::1', '3ffe::1', '192.0.3.1', '192.88.100.1'])(
    '%s, beside such a range, may be called',
    (address) => expect(isOutside(address)).toBe(true),
  );

  test.each(['::ffff:8.8.8.8', '::ffff:192.168.0.1', 'fe80::1%eth0', 'not-an-address', ''])(
    '%j is no address to be called',
    (address) => expect(isOutside(address)).toBe(false),
  );
});
