/** `X-Actor` has one reading or none: with two, one user could pass for another. */
import { request as httpRequest } from 'node:http';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { useService } from '../support/service.ts';

const service = useService();
let port: number;
beforeAll(async () => {
  port = Number(new URL(await service.app.listen({ host: '127.0.0.1', port: 0 })).port);
});

type Seen = { status: number; body: { type?: string; errors?: { pointer: string }[] } };

/** Reads a user's settings with the header as it goes over the wire: a character is a byte. */
function readAs(userId: string, actor: string | string[]): Promise<Seen> {
  return read(encodeURIComponent(userId), actor);
}

/** The same, with the id as it is in the path. */
function read(segment: string, actor: string | string[]): Promise<Seen> {
  const path = `/v1/organizations/acme/users/${segment}`;
  const headers = { authorization: `Bearer ${service.keys.users}`, 'x-actor': actor };
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, path, headers }, async (answer) => {
      const text = (await answer.toArray()).join('');
      resolve({ status: answer.statusCode ?? 0, body: JSON.parse(text) });
    });
    asked.on('error', reject).end();
  });
}

const bytes = (text: string) => Buffer.from(text).toString('latin1');
const encoded = (id: string) => `UTF-8''${encodeURIComponent(id)}`;

describe('an id travels', () => {
  test.each([
    '42',
    'Zoë',
    'José Núñez',
    'Łukasz',
    'ნინო',
    '用户',
    '😀',
    "UTF-8''42",
    '100%',
    "d'Or",
  ])('percent-encoded: %s', async (id) => {
    expect((await readAs(id, encoded(id))).status).toBe(200);
  });

  test.each(['Zoë', 'Łukasz', 'ნინო', '😀'])('as raw UTF-8: %s', async (id) => {
    expect((await readAs(id, bytes(id))).status).toBe(200);
  });

  test.each(['Zoë', 'José'])('as raw Latin-1: %s', async (id) => {
    expect((await readAs(id, id)).status).toBe(200);
  });

  test.each(['42', 'a%20b', '%34%32', 'a, b', "it's"])('as it is: %s', async (id) => {
    expect((await readAs(id, id)).status).toBe(200);
  });
});

describe('nothing else is decoded', () => {
  test.each<[sent: string, user: string]>([
    ['%34%32', '42'],
    ['a%20b', 'a b'],
    [bytes(bytes('Zoë')), 'Zoë'],
    [encoded('%34%32'), '42'],
    [encoded(encoded('42')), '42'],
    ['=?UTF-8?Q?42?=', '42'],
    ['"42"', '42'],
  ])('%s is not %s', async (sent, user) => {
    const { status, body } = await readAs(user, sent);
    expect([status, body.type]).toEqual([403, '/problems/actor-not-owner']);
  });
});

describe('what could be read in two ways, or in none, is refused', () => {
  test.each<[what: string, sent: string | string[]]>([
    ['a malformed escape', "UTF-8''%zz"],
    ['half an escape', "UTF-8''4%2"],
    ['bytes that are no UTF-8', "UTF-8''%EB"],
    ['an overlong form', "UTF-8''%C0%AE"],
    ['a surrogate', "UTF-8''%ED%A0%80"],
    ['nothing behind it', "UTF-8''"],
    ['raw bytes behind it', bytes("UTF-8''Zoë")],
    ['a space behind it', "UTF-8''4 2"],
    ['another case', "utf-8''42"],
    ['a language', "UTF-8'nl'42"],
    ['another spelling of the charset', "utf8''42"],
    ['an id that is not NFC', encoded('Zoe\u0308')],
    ['raw bytes that are not NFC', bytes('Zoe\u0308')],
    ['a control character', "UTF-8''4%002"],
    ['a dot', '.'],
    ['two dots, encoded', "UTF-8''%2E%2E"],
    ['an id that is too long', 'x'.repeat(129)],
    ['the header twice', ['42', '42']],
  ])('%s', async (_what, sent) => {
    const { status, body } = await readAs('42', sent);
    expect([status, body.type]).toEqual([400, '/problems/invalid-request']);
    expect(body.errors).toEqual([{ pointer: '/x-actor', detail: expect.any(String) }]);
  });
});

test.each(['Zoe%CC%88', '%2e%2e', '%2E'])(
  'an id in a path is NFC and no dots, and is refused by its name: %s',
  async (segment) => {
    const { status, body } = await read(segment, '42');
    expect([status, body.errors]).toMatchObject([400, [{ pointer: '/userId' }]]);
  },
);

test('a challenge in X-Challenge-Id is an id of ours, sent once', async () => {
  for (const id of ['a b', 'é', 'a, b', 'x'.repeat(65)]) {
    const headers = { 'x-actor': '42', 'x-challenge-id': id };
    const request = { bearer: service.keys.users, headers };
    const answer = await service.call('GET', '/v1/organizations/acme/users/42/factors', request);
    expect(answer.body.errors).toMatchObject([{ pointer: '/x-challenge-id' }]);
  }
});
