/** Nothing of test mode approves, redeems, changes or counts anything live, nor the reverse: with equal ids too. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Mode } from '../../src/domain/mode.ts';
import { nameIn, testMark } from '../../src/domain/mode.ts';
import { createApiKey, scopes } from '../../src/domain/secrets/api-key.ts';
import { type Operation, operations } from '../support/description.ts';
import { dumpRedis } from '../support/dump.ts';
import { query } from '../support/guessing.ts';
import { anEntry } from '../support/people.ts';
import { signIn } from '../support/screens.ts';
import { type Answer, type atScreen, type Service, useService } from '../support/service.ts';
import { testClient, testNumber } from '../support/test-mode.ts';

const userId = '42';

/** Someone in `acme` with a phone: equal ids in each mode. */
type Side = {
  key: string;
  phone: string;
  factorId: string;
  /** A challenge with a code in play. */
  open: ReturnType<typeof atScreen>;
  code: string;
  approved: Answer['body'];
};

function keyOf({ directory }: Service, mode: Mode): Promise<string> {
  const client = { name: nameIn(mode, 'company-panel'), scopes: [...scopes] };
  return createApiKey(directory.clients, client, () => anEntry);
}

async function sideOf(service: Service, mode: Mode, key: string): Promise<Side> {
  const phone = mode === 'test' ? testNumber(7) : '+31612345678';
  const heard = async (id: string) => {
    if (mode === 'live') return service.twilio.codeFor(phone) ?? '';
    return (await testClient(service).ofChallenge(id).code()).body.code;
  };
  const body = { policy: 'mandatory' };
  await service.call('PUT', '/v1/organizations/acme', { bearer: key, body });
  const screen = await signIn(service, { userId }, { bearer: key });
  await screen.addPhone(phone);
  await screen.enter(await heard(screen.challenge.id));
  const { body: approved } = await screen.skip();
  const open = await signIn(service, { userId }, { bearer: key });
  const { factors, id } = open.challenge;
  const factorId = factors[0]?.id ?? '';
  const code = await heard(id);
  // Its call ends, so that nothing changes by itself.
  if (mode === 'test') await testClient(service).ofChallenge(id).advance(15);
  return { key, phone, factorId, open, code, approved };
}

/** What the one side sends, with all that it could know of the other. */
function bodyOf({ id }: Operation, mine: Side, other: Side): object {
  const factor = { method: 'call', phoneNumber: mine.phone };
  const pushToken = mine.phone.startsWith('+999') ? 'test:a' : 'a';
  const bodies: Record<string, object> = {
    startChallenge: { organizationId: 'acme', userId, app: { name: 'company-panel' } },
    redeemResult: { token: other.approved.result.token },
    verifyCode: { code: other.code },
    addFactor: factor,
    addUserFactor: factor,
    putOrganization: { policy: 'off' },
    patchOrganization: { policy: 'off' },
    setUserPolicy: { policy: null },
    promoteFactor: { role: 'primary' },
    refreshDevice: { platform: 'android', pushToken },
    createPass: { validMinutes: 60 },
    advanceTestChallenge: { seconds: 600 },
  };
  return bodies[id] ?? {};
}

/** The calls that end what others need come last. */
const last = /^(erase|reset|remove|cancel|forget)/;
const everything = operations().sort((a, b) => Number(last.test(a.id)) - Number(last.test(b.id)));

function requestTo(operation: Operation, mine: Side, other: Side) {
  const id = /Factor/.test(operation.id) ? other.factorId : other.open.challenge.id;
  const ids: Record<string, string> = { organizationId: 'acme', userId, deviceId: 'd-1' };
  const url = operation.path.replaceAll(/\{(\w+)\}/g, (_, name) => ids[name] ?? id);
  const body = operation.bodyTypes.includes('application/json') && bodyOf(operation, mine, other);
  const headers = { 'x-actor': userId, 'x-challenge-id': other.approved.id };
  return { method: operation.method, url, request: { headers, ...(body && { body }) } };
}

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
  const service = useService({ policy: null });
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
    const done: number[] = [];
    for (const operation of everything) {
      const { method, url, request } = requestTo(operation, mine, other);
      for (const bearer of [mine.key, mine.open.token]) {
        const { status, body } = await service.call(method, url, { ...request, bearer });
        done.push(status);
        for (const theirs of [other.factorId, other.phone, other.open.token])
          expect(JSON.stringify(body)).not.toContain(theirs);
      }
    }
    expect(done.filter((status) => status < 300).length).toBeGreaterThan(20);
    expect(await rowsOf(service, otherMode)).toEqual(stored.rows);
    const keys = await keysOf();
    for (const [key, line] of stored.keys) expect(keys.get(key)).toBe(line);
    if (mode === 'test') expect(await refusals()).toEqual(counted);
  });

  test('opens nothing in the clothes of the other mode', async () => {
    for (const operation of operations().filter(({ door }) => door !== null)) {
      const { method, url, request } = requestTo(operation, mine, other);
      for (const bearer of disguised(mine, other)) {
        const { status } = await service.call(method, url, { ...request, bearer });
        expect([operation.id, status < 400]).toEqual([operation.id, false]);
      }
    }
    expect(await rowsOf(service, otherMode)).toEqual(stored.rows);
  });

  test('leaves the other side as good as before', async () => {
    const { bearer, body } = { bearer: other.key, body: { token: other.approved.result.token } };
    const redeemed = await service.call('POST', '/v1/results/redeem', { bearer, body });
    expect(redeemed).toMatchObject({ status: 200, body: { org: 'acme', sub: userId } });
    expect((await other.open.enter(other.code)).status).toBe(200);
  });
});
