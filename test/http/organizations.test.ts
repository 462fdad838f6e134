/** An organization: set as a whole, changed field by field, read and erased. */
import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { dump } from '../support/dump.ts';
import { problem, somebody, useService } from '../support/service.ts';
import { aTheme } from '../support/themes.ts';

const service = useService({ policy: null, replicas: 3 });

const ask = (method: string, id: string, body?: unknown, query = '', replica = 0) =>
  service.call(method, `/v1/organizations/${id}${query}`, {
    bearer: service.keys.panel,
    body,
    replica,
  });
const put = (id: string, body: object, query?: string) => ask('PUT', id, body, query);
const patch = (id: string, body: unknown, query?: string) => ask('PATCH', id, body, query);
const get = (id: string) => ask('GET', id);

const defaults = {
  language: 'nl-NL',
  country: 'NL',
  backup: 'offered',
  mandatoryFrom: null,
  firstSetup: 'open',
  knownDevices: { days: 30, skipCode: false },
  theme: { productName: null, logo: null, lightColour: null, darkColour: null },
};

/** Far from every default. */
const unusual = {
  policy: 'optional',
  language: 'de-DE',
  country: 'DE',
  backup: 'required',
  mandatoryFrom: '2031-03-01T00:00:00.000Z',
  firstSetup: 'pass',
  knownDevices: { days: 7, skipCode: true },
  theme: aTheme,
};

/** An organization with these fields and no others of note. */
async function made(body: object = unusual): Promise<string> {
  const id = `org-${randomUUID()}`;
  const answer = await put(id, body);
  expect(answer).toMatchObject({ status: 201, body: { id, ...body } });
  return id;
}

describe('PUT', () => {
  test('makes an organization, and replaces it as a whole', async () => {
    const id = await made();
    expect((await get(id)).body).toEqual({ id, ...unusual });
    const replaced = await put(id, { policy: 'off' });
    expect(replaced.status).toBe(200);
    expect(replaced.body).toEqual({ id, policy: 'off', ...defaults });
    const read = await get(id);
    expect(read.status).toBe(200);
    expect(read.body).toEqual(replaced.body);
  });

  test('takes back what GET gave', async () => {
    for (const given of [unusual, { policy: 'off' }]) {
      const id = await made(given);
      const { id: _, ...fields } = (await get(id)).body;
      expect((await put(id, fields)).body).toEqual({ id, ...fields });
    }
  });

  test('gives a known device’s rules their defaults one by one', async () => {
    const id = await made({ policy: 'off', knownDevices: { days: 0 } });
    expect((await get(id)).body.knownDevices).toEqual({ days: 0, skipCode: false });
    await put(id, { policy: 'off', knownDevices: { skipCode: true } });
    expect((await get(id)).body.knownDevices).toEqual({ days: 30, skipCode: true });
  });
});

describe('PATCH', () => {
  test('changes what is given, and nothing else: a menu with one setting resets no other', async () => {
    const id = await made();
    const changed = await patch(id, { policy: 'mandatory' });
    expect(changed.status).toBe(200);
    expect(changed.body).toEqual({ id, ...unusual, policy: 'mandatory' });
    expect((await get(id)).body).toEqual(changed.body);
  });

  test.each<[change: Record<string, unknown>, after: object]>([
    [{}, {}],
    [
      { language: 'fr-FR', country: 'FR' },
      { language: 'fr-FR', country: 'FR' },
    ],
    [{ language: null }, { language: defaults.language }],
    [{ country: null }, { country: defaults.country }],
    [{ backup: null }, { backup: defaults.backup }],
    [{ mandatoryFrom: null }, { mandatoryFrom: null }],
    [{ firstSetup: null }, { firstSetup: defaults.firstSetup }],
    [{ knownDevices: null }, { knownDevices: defaults.knownDevices }],
    [{ knownDevices: {} }, {}],
    [{ knownDevices: { days: 90 } }, { knownDevices: { days: 90, skipCode: true } }],
    [{ knownDevices: { days: null } }, { knownDevices: { days: 30, skipCode: true } }],
    [{ knownDevices: { skipCode: null } }, { knownDevices: { days: 7, skipCode: false } }],
    [{ theme: null }, { theme: defaults.theme }],
    [{ theme: { logo: null } }, { theme: { ...aTheme, logo: null } }],
    [
      { mandatoryFrom: '2030-01-01T01:30:00.5+01:00' },
      { mandatoryFrom: '2030-01-01T00:30:00.500Z' },
    ],
  ])('%j is a merge patch, with null for the default', async (change, after) => {
    const id = await made();
    expect((await patch(id, change)).body).toEqual({ id, ...unusual, ...after });
    expect((await get(id)).body).toEqual({ id, ...unusual, ...after });
  });

  test.each(['application/merge-patch+json', 'application/merge-patch+json; charset=utf-8'])(
    'may be sent as %s, and no other call may',
    async (contentType) => {
      const id = await made();
      const send = (method: string, url: string, body: object) =>
        service.call(method, url, {
          bearer: service.keys.panel,
          headers: { 'content-type': contentType, 'x-actor': '42' },
          body: JSON.stringify(body),
        });
      const url = `/v1/organizations/${id}`;
      expect((await send('PATCH', url, { language: null })).body.language).toBe('nl-NL');
      const refused = problem(415, 'unsupported-media-type');
      expect(await send('PUT', url, { policy: 'off' })).toMatchObject(refused);
      expect(await send('PATCH', `${url}/users/42`, { policy: null })).toMatchObject(refused);
      expect(await send('POST', '/v1/challenges', {})).toMatchObject(refused);
    },
  );

  test('reads a merge patch as strictly as any body', async () => {
    const id = await made();
    const headers = { 'content-type': 'application/merge-patch+json' };
    for (const body of ['{', '{"__proto__":{"policy":"off"}}', '[]', 'null', '"off"', '[{}]']) {
      const request = { bearer: service.keys.panel, headers, body };
      const answer = await service.call('PATCH', `/v1/organizations/${id}`, request);
      expect([body, answer]).toMatchObject([body, problem(400, 'invalid-request')]);
    }
    expect((await get(id)).body).toEqual({ id, ...unusual });
  });

  test('of an organization that nobody has set is not found, and makes none', async () => {
    for (const query of ['', '?dryRun=true']) {
      const answer = await patch('never-set', { policy: 'off' }, query);
      expect(answer).toMatchObject(problem(404, 'not-found'));
    }
    expect(await get('never-set')).toMatchObject(problem(404, 'not-found'));
  });

  test('as a dry run counts, answers what would be, and changes nothing', async () => {
    const id = await made({ ...unusual, mandatoryFrom: null });
    await somebody(service, { organizationId: id }).signIn();
    const before = await dump(service);
    const { status, body } = await patch(id, { policy: 'mandatory' }, '?dryRun=true');
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { ...unusual, policy: 'mandatory', mandatoryFrom: null, impact: { usersToEnrol: 1 } },
    });
    expect((await patch(id, { language: null }, '?dryRun=true')).body).toMatchObject({
      policy: 'optional',
      language: 'nl-NL',
      impact: { usersToEnrol: 0 },
    });
    expect(await dump(service)).toBe(before);
    const done = await patch(id, { policy: 'mandatory' }, '?dryRun=false');
    expect(done.body).not.toHaveProperty('impact');
    expect((await get(id)).body.policy).toBe('mandatory');
  });
});

describe('PATCH by two administrators at once', () => {
  test('keeps both changes, on any replicas', async () => {
    const changes: Record<string, unknown>[] = [
      { policy: 'mandatory' },
      { language: 'fr-FR' },
      { country: 'FR' },
      { backup: 'required' },
      { mandatoryFrom: '2030-01-01T00:00:00.000Z' },
      { firstSetup: 'pass' },
      { knownDevices: { days: 1 } },
      { knownDevices: { skipCode: true } },
      { theme: aTheme },
    ];
    for (let round = 0; round < 5; round += 1) {
      const id = await made({ policy: 'optional' });
      const answers = await Promise.all(
        changes.map((change, i) => ask('PATCH', id, change, '', i % 3)),
      );
      expect(answers.map(({ status }) => status)).toEqual(changes.map(() => 200));
      const knownDevices = { days: 1, skipCode: true };
      expect((await get(id)).body).toEqual({ id, ...Object.assign({}, ...changes), knownDevices });
    }
  });

  test('is as if one came after the other, also beside a PUT', async () => {
    for (let round = 0; round < 5; round += 1) {
      const id = await made({ policy: 'optional' });
      const [one] = await Promise.all([
        ask('PATCH', id, { language: 'fr-FR' }, '', 1),
        ask('PUT', id, { policy: 'off', country: 'BE' }, '', 2),
      ]);
      const { policy, country, language } = (await get(id)).body;
      const last = one.body.policy === 'off' ? 'fr-FR' : 'nl-NL';
      expect({ policy, country, language }).toEqual({
        policy: 'off',
        country: 'BE',
        language: last,
      });
    }
  });
});

/** RFC 7396, in its own words, with defaults where it removes. */
function mergePatch(target: unknown, change: unknown, fallback: unknown): unknown {
  if (change === null) return fallback;
  if (typeof change !== 'object') return change;
  const at = (value: unknown, name: string) => Object(value)[name];
  const fields = Object.entries(change as object).map(([name, value]) => [
    name,
    mergePatch(at(target, name), value, at(fallback, name)),
  ]);
  return { ...Object(target), ...Object.fromEntries(fields) };
}

test('any row of changes leads where RFC 7396 leads', async () => {
  const orNull = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
  const partly = { requiredKeys: [] as never[], noNullPrototype: true };
  const rules = fc.record({ days: orNull(fc.nat(90)), skipCode: orNull(fc.boolean()) }, partly);
  const theme = fc.record(
    {
      productName: orNull(fc.constantFrom('Acme', 'Beta')),
      lightColour: orNull(fc.constantFrom('#000000', '#2947c8')),
    },
    partly,
  );
  const day = fc.date({ min: new Date('2001'), max: new Date('2999'), noInvalidDate: true });
  const change = fc.record(
    {
      policy: fc.constantFrom('off', 'optional', 'mandatory'),
      language: orNull(fc.constantFrom('nl-NL', 'fr-BE')),
      country: orNull(fc.constantFrom('NL', 'BE')),
      backup: orNull(fc.constantFrom('offered', 'required')),
      mandatoryFrom: orNull(day.map((date) => date.toISOString())),
      firstSetup: orNull(fc.constantFrom('open', 'pass')),
      knownDevices: orNull(rules),
      theme: orNull(theme),
    },
    partly,
  );
  const rows = fc.array(change, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(rows, async (changes) => {
      const id = await made();
      const expected = changes.reduce<unknown>(
        (organization, one) => mergePatch(organization, one, defaults),
        { id, ...unusual },
      );
      for (const one of changes) expect((await patch(id, one)).status).toBe(200);
      expect((await get(id)).body).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

describe('a field that is not as described', () => {
  const wrong: [pointer: string, body: Record<string, unknown>][] = [
    ['/policy', { policy: 'strict' }],
    ['/policy', { policy: null }],
    ['/language', { language: 'Dutch!' }],
    ['/country', { country: 'UK' }],
    ['/backup', { backup: 'never' }],
    ['/mandatoryFrom', { mandatoryFrom: '2027-01-01' }],
    ['/mandatoryFrom', { mandatoryFrom: '2027-02-29T00:00:00Z' }],
    ['/mandatoryFrom', { mandatoryFrom: '2027-01-01T00:00:00' }],
    ['/mandatoryFrom', { mandatoryFrom: '2027-01-01 00:00:00Z' }],
    ['/mandatoryFrom', { mandatoryFrom: '2026-12-31T23:59:60Z' }],
    ['/mandatoryFrom', { mandatoryFrom: '1999-12-31T23:59:59Z' }],
    ['/mandatoryFrom', { mandatoryFrom: '3000-01-01T00:00:00Z' }],
    ['/mandatoryFrom', { mandatoryFrom: 1_800_000_000 }],
    ['/mandatoryFrom', { mandatoryFrom: '' }],
    ['/firstSetup', { firstSetup: 'closed' }],
    ['/knownDevices', { knownDevices: 30 }],
    ['/knownDevices', { knownDevices: [] }],
    ['/knownDevices/days', { knownDevices: { days: 91 } }],
    ['/knownDevices/days', { knownDevices: { days: -1 } }],
    ['/knownDevices/days', { knownDevices: { days: 1.5 } }],
    ['/knownDevices/days', { knownDevices: { days: '30' } }],
    ['/knownDevices/skipCode', { knownDevices: { skipCode: 'true' } }],
    ['/knownDevices/hours', { knownDevices: { hours: 1 } }],
    ['/theme', { theme: 'dark' }],
    ['/theme/productName', { theme: { productName: '' } }],
    ['/theme/productName', { theme: { productName: 'x'.repeat(41) } }],
    ['/theme/productName', { theme: { productName: 'Acme\u202e' } }],
    ['/theme/lightColour', { theme: { lightColour: 'red' } }],
    ['/theme/darkColour', { theme: { darkColour: '#fff' } }],
    ['/theme/font', { theme: { font: 'Arial' } }],
    ['/id', { id: 'other' }],
    ['/mandatory', { mandatory: true }],
  ];

  test.each(wrong)('%s is named and changes nothing: %j', async (pointer, body) => {
    const id = await made();
    const refused = problem(400, 'invalid-request', {
      errors: expect.arrayContaining([{ pointer, detail: expect.any(String) }]),
    });
    expect(await patch(id, body)).toMatchObject(refused);
    expect(await put(id, { policy: 'off', ...body })).toMatchObject(refused);
    expect((await get(id)).body).toEqual({ id, ...unusual });
  });

  test('is also one that PATCH may set to null, and PUT may not', async () => {
    const id = await made();
    for (const name of ['language', 'country', 'backup', 'firstSetup', 'knownDevices', 'theme']) {
      const refused = problem(400, 'invalid-request', { errors: [{ pointer: `/${name}` }] });
      expect(await put(id, { policy: 'off', [name]: null })).toMatchObject(refused);
    }
    expect((await put(id, { policy: 'off', mandatoryFrom: null })).status).toBe(200);
  });
});

test('an organization that is unknown is not found', async () => {
  expect(await get('never-heard-of')).toMatchObject(problem(404, 'not-found'));
});

test('an erased organization has its defaults again when it comes back', async () => {
  const id = await made();
  expect((await ask('DELETE', id)).status).toBe(204);
  expect(await patch(id, { policy: 'off' })).toMatchObject(problem(404, 'not-found'));
  expect((await put(id, { policy: 'off' })).status).toBe(201);
  expect((await get(id)).body).toEqual({ id, policy: 'off', ...defaults });
});

test.each(['a b', 'ACME/42', '{"x":1}', 'é', '😀'.repeat(128), '%'])(
  'an organization may be called anything printable: %s',
  async (id) => {
    const address = encodeURIComponent(id);
    expect(await put(address, { policy: 'off' })).toMatchObject({ status: 201 });
    expect(await patch(address, { policy: 'mandatory' })).toMatchObject({ body: { id } });
    expect((await get(address)).body.id).toBe(id);
    const { challenge } = await somebody(service, { organizationId: id }).signIn();
    expect(challenge.status).toBe('enrol');
  },
);
