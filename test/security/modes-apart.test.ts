/** Nothing of test mode approves, redeems, changes or counts anything live, nor the reverse: with equal ids too. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Mode } from '../../src/domain/mode.ts';
import { nameIn, testMark } from '../../src/domain/mode.ts';
import { type Operation, operations } from '../support/description.ts';
import { dumpRedis } from '../support/dump.ts';
import { query } from '../support/guessing.ts';
import { signIn } from '../support/screens.ts';
import { type Service, useService } from '../support/service.ts';
import { keyOf, type Side, sideOf, userId } from './side-of-mode.ts';

/** What the one side sends, with all that it could know of the other. */
function bodiesOf({ id, body }: Operation, mine: Side, other: Side): object[] {
  const { code, pass, recoveryCode, known } = other;
  const factor = { method: 'call', phoneNumber: mine.phone };
  const pushToken = mine.phone.startsWith('+999') ? 'test:a' : 'a';
  const login = { organizationId: 'acme', userId, app: { name: 'company-panel' } };
  const bodies: Record<string, object[]> = {
    startChallenge: [login, { ...login, knownDevice: known.token }],
    redeemResult: [{ token: other.approved.result.token }],
    sendCode: [{}, { factorId: other.factorId }],
    verifyCode: [{ code }, { pass }, { recoveryCode }],
    // Whoever has a deny token may use it: this is what the user of one side does.
    denyCode: [{ token: mine.denyToken }],
    addFactor: [factor],
    addUserFactor: [factor],
    putOrganization: [{ policy: 'off' }],
    patchOrganization: [{ policy: 'off' }],
    setUserPolicy: [{ policy: null }],
    promoteFactor: [{ role: 'primary' }],
    promoteOwnFactor: [{ role: 'primary' }],
    refreshDevice: [{ platform: 'android', pushToken }],
    createPass: [{ validMinutes: 60 }],
    advanceTestChallenge: [{ seconds: 600 }],
  };
  return bodies[id] ?? (body?.required?.length ? [] : [{}]);
}

/** The calls that end what others need come last. */
const ends = [/^(remove|forget)/, /^(reset|cancel|finish)/, /^erase/];
const rank = ({ id }: Operation) => ends.findIndex((some) => some.test(id));
const everything = operations().sort((a, b) => rank(a) - rank(b));

function requestsTo(operation: Operation, mine: Side, other: Side) {
  const { id, method, path, body: schema } = operation;
  const theirs = /Factor/.test(id) ? other.factorId : other.open.challenge.id;
  const named = /KnownDevice$/.test(id) ? other.known.id : theirs;
  const ids: Record<string, string> = { organizationId: 'acme', userId, deviceId: 'd-1' };
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? named);
  const actor = /Pass$/.test(id) ? 'helpdesk' : userId;
  const headers = { 'x-actor': actor, 'x-challenge-id': other.approved.id };
  if (!schema) return [{ method, url, request: { headers } }];
  const bodies = bodiesOf(operation, mine, other);
  return bodies.map((body) => ({ method, url, request: { headers, body } }));
}

test('each operation that takes a body is tried with one', () => {
  const side = { approved: { result: {} }, known: {}, phone: '' } as Side;
  const forgotten = everything.filter(
    (operation) => operation.body && bodiesOf(operation, side, side).length === 0,
  );
  expect(forgotten.map(({ id }) => id)).toEqual([]);
});

/** A credential of the one mode in the clothes of the other. */
function disguised(mine: Side, other: Side): string[] {
  const [, claims = '', signature = ''] = mine.open.token.split('.');
  const [header = ''] = other.open.token.split('.');
  const prefix = mine.key.startsWith('dct') ? 'dck' : 'dct';
  return [
    `${prefix}${mine.key.slice(3)}`,
    `${prefix}${mine.key.slice(3, -6)}`,
    `${header}.${claims}.${signature}`,
    other.open.token.replace(/[^.]*$/, signature),
    other.approved.result.token,
  ];
}

async function rowsOf(service: Service, mode: Mode): Promise<string[]> {
  const tables = await query(
    service,
    `SELECT table_name AS name, column_name AS column FROM information_schema.columns
     WHERE table_schema = 'public' AND (column_name = 'organization_id'
       OR (table_name, column_name) IN (('organizations', 'id'), ('outbox', 'client')))`,
  );
  const lines: string[] = [];
  for (const { name, column } of tables) {
    const sql = `SELECT t::text AS line FROM ${name} t
      WHERE ${column} IS NOT NULL AND starts_with(${column}, $1) = $2 ORDER BY 1`;
    const rows = await query(service, sql, [testMark, mode === 'test']);
    lines.push(...rows.map(({ line }) => `${name} ${line}`));
  }
  return lines;
}

describe.each<[Mode, Mode]>([
  ['test', 'live'],
  ['live', 'test'],
])('all that a %s key and token can do', (mode, otherMode) => {
  const service = useService({ policy: null, env: { CODE_TTL_SECONDS: '300' } });
  let other: Side;
  let mine: Side;
  let stored: { rows: string[]; keys: Map<string, string> };
  const refusals = async () => {
    const { body } = await service.call('GET', '/metrics');
    return String(body).match(
      /^doublecheck_(sendings_refused|events|challenges|codes|approval)_.*(total|count)\b.*$/gm,
    );
  };

  const keysOf = async () => {
    const lines = await dumpRedis(service.redisUrl);
    return new Map(lines.map((line) => [line.split(' ', 1)[0] ?? '', line]));
  };

  beforeAll(async () => {
    for (const one of ['live', 'test'] as const)
      await query(
        service,
        `INSERT INTO webhook_endpoints (client, url, secret) VALUES ($1, 'https://a.example', '')`,
        [nameIn(one, 'company-panel')],
      );
    const [othersKey, myKey] = [await keyOf(service, otherMode), await keyOf(service, mode)];
    other = await sideOf(service, otherMode, othersKey);
    stored = { rows: await rowsOf(service, otherMode), keys: await keysOf() };
    mine = await sideOf(service, mode, myKey);
  });

  test('reads and changes nothing of the other mode, and counts nothing there', async () => {
    const counted = await refusals();
    const done: [string, number][] = [];
    for (const operation of everything)
      for (const { method, url, request } of requestsTo(operation, mine, other))
        for (const bearer of [mine.key, mine.open.token, mine.edit.token]) {
          const { status, body } = await service.call(method, url, { ...request, bearer });
          done.push([operation.id, status]);
          for (const theirs of [other.factorId, other.phone, other.open.token, other.known.id])
            expect(JSON.stringify(body)).not.toContain(theirs);
        }
    expect(done.filter(([, status]) => status === 400)).toEqual([]);
    expect(done.filter(([, status]) => status < 300).length).toBeGreaterThan(30);
    expect(await rowsOf(service, otherMode)).toEqual(stored.rows);
    const keys = await keysOf();
    for (const [key, line] of stored.keys) expect(keys.get(key)).toBe(line);
    if (mode === 'test') expect(await refusals()).toEqual(counted);
  });

  test('opens nothing in the clothes of the other mode', async () => {
    for (const operation of operations().filter(({ door }) => door !== null))
      for (const { method, url, request } of requestsTo(operation, mine, other))
        for (const bearer of disguised(mine, other)) {
          const { status } = await service.call(method, url, { ...request, bearer });
          expect([operation.id, status < 400]).toEqual([operation.id, false]);
        }
    expect(await rowsOf(service, otherMode)).toEqual(stored.rows);
  });

  test('leaves the other side as good as before', async () => {
    const { bearer, body } = { bearer: other.key, body: { token: other.approved.result.token } };
    const redeemed = await service.call('POST', '/v1/results/redeem', { bearer, body });
    expect(redeemed).toMatchObject({ status: 200, body: { org: 'acme', sub: userId } });
    expect((await other.open.enter(other.code)).status).toBe(200);
    const known = { userId, knownDevice: other.known.token };
    const again = await signIn(service, known, { bearer });
    expect(again.challenge.knownDevice).toMatchObject({ recognized: true });
    expect((await again.prove({ pass: other.pass })).body).toMatchObject({ status: 'approved' });
    const denied = await service.call('POST', '/v1/challenge/deny', {
      body: { token: other.denyToken },
    });
    expect(denied.status).toBe(204);
  });
});
